/** What becomes of a key of the compose specification. The tables are data: documentation is made from them. */
export type Rule = Enacted | Noticed | Refused;
export interface Enacted {
  readonly status: 'enacted';
  readonly means: string;
  /** Keys of the mapping below it; other forms of the value (a list, a text) have none. */
  readonly keys?: Keys;
  /** Keys of each value below it: of a mapping with free names, or of the mappings in a list. */
  readonly each?: Keys;
}
/** Read past, and said so. */
export interface Noticed {
  readonly status: 'noticed';
  readonly reason: string;
}
/** Would mean something else on AWS than the author expects: wrong input. */
export interface Refused {
  readonly status: 'refused';
  readonly reason: string;
  readonly write: string;
  /** Values that ask for what is the case anyway. */
  readonly except?: readonly string[];
}
export type Keys = Readonly<Record<string, Rule>>;

export const enacted = (means: string, below: { keys?: Keys; each?: Keys } = {}): Enacted => ({
  status: 'enacted',
  means,
  ...below,
});
export const noticed = (reason: string): Noticed => ({ status: 'noticed', reason });
export const refused = (reason: string, write: string, except?: readonly string[]): Refused => ({
  status: 'refused',
  reason,
  write,
  ...(except ? { except } : {}),
});
