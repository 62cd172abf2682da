import type { Instruction } from './model.ts';

/** The names and values of ENV, LABEL and ARG, values unexpanded; ARG without a value gives undefined. */
export function pairs(instruction: Instruction): { readonly name: string; readonly value?: string }[] {
  const [first, ...rest] = instruction.args;
  // `ENV NAME the rest of the line`: https://docs.docker.com/reference/dockerfile/#env
  if (instruction.keyword !== 'ARG' && first !== undefined && !first.includes('='))
    return [{ name: first, value: rest.join(' ') }];
  return instruction.args.map((word) => {
    const at = word.indexOf('=');
    return at < 0 ? { name: word } : { name: unquote(word.slice(0, at)), value: word.slice(at + 1) };
  });
}

const unquote = (name: string) => name.replace(/^(["'])(.*)\1$/, '$2');
