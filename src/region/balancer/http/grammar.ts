// Character classes of RFC 9110 and 9112 as tables indexed by byte.
const table = (test: (code: number) => boolean): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, code) => (test(code) ? 1 : 0));

const alphanumeric = (code: number) =>
  (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);

/** `tchar`: what methods and field names are made of. */
export const TOKEN = table(
  (code) => alphanumeric(code) || "!#$%&'*+-.^_`|~".includes(String.fromCharCode(code)),
);
/** What a field value may hold: no control character but the tabulator. */
export const FIELD_VALUE = table((code) => code === 9 || (code >= 0x20 && code !== 0x7f));
/** A request target: no blank and no control character. */
export const TARGET = table((code) => code > 0x20 && code !== 0x7f);
/** What stands in a Host field: a name or address with an optional port. */
export const AUTHORITY = table(
  (code) => alphanumeric(code) || "-._~:[]!$&'()*+;=%".includes(String.fromCharCode(code)),
);

/** Whether all of `text` from `start` to `end` is in `allowed`. */
export function consistsOf(allowed: Uint8Array, text: string, start: number, end: number): boolean {
  for (let index = start; index < end; index++) if (allowed[text.charCodeAt(index)] !== 1) return false;
  return true;
}

/** Compares a field name in any case with a lower-case one of the same length. */
export function isNamed(text: string, start: number, name: string): boolean {
  for (let index = 0; index < name.length; index++)
    if ((text.charCodeAt(start + index) | 0x20) !== name.charCodeAt(index)) return false;
  return true;
}
