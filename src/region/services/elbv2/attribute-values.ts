// What values of attributes may be, and which of them are enacted.
export const range = (from: number, to: number) => (value: string) =>
  /^\d+$/.test(value) && Number(value) >= from && Number(value) <= to;
export const oneOf =
  (...values: readonly string[]) =>
  (value: string) =>
    values.includes(value);
export const flag = oneOf('true', 'false');
export const only = (value: string) => (given: string) => given === value;

export const any = (): boolean => true;
export const none = (): boolean => false;
