import type { Place } from './quick-yaml.ts';

/** Where everything of a valid JSON text stands. */
export function jsonPlaces(text: string): Place {
  let at = 0;
  space();
  return value(at);

  function space(): void {
    while (text.charCodeAt(at) <= 32 && at < text.length) at++;
  }
  function value(begin: number): Place {
    const char = text[at];
    if (char === '{') {
      const members = new Map<string, Place>();
      each('}', () => {
        const start = at;
        const key = string();
        space();
        at++;
        space();
        if (members.has(key)) value(at);
        else members.set(key, { ...value(at), at: start });
      });
      return { at: begin, members };
    }
    if (char === '[') {
      const members = new Map<number, Place>();
      each(']', () => void members.set(members.size, value(at)));
      return { at: begin, members };
    }
    if (char === '"') string();
    else while (at < text.length && !/[,\]}\s]/.test(text[at]!)) at++;
    return { at: begin };
  }
  function each(close: string, member: () => void): void {
    at++;
    space();
    while (at < text.length && text[at] !== close) {
      member();
      space();
      if (text[at] === ',') at++;
      space();
    }
    at++;
  }
  function string(): string {
    const start = at++;
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    at++;
    return JSON.parse(text.slice(start, at)) as string;
  }
}
