import type { Dockerfile, Instruction } from '../../../dockerfile/model.ts';
import { pairs } from '../../../dockerfile/pairs.ts';
import { expandWord } from '../../../dockerfile/words.ts';
import type { StageState } from './state.ts';

/** Known without an ARG: https://docs.docker.com/reference/dockerfile/#predefined-args */
export const predefined: ReadonlySet<string> = new Set(
  ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap((name) => [
    name,
    name.toLowerCase(),
  ]),
);

const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
/** https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope */
export const platformArguments: Readonly<Record<string, string>> = {
  TARGETPLATFORM: `linux/${architecture}`,
  TARGETOS: 'linux',
  TARGETARCH: architecture,
  TARGETVARIANT: '',
  BUILDPLATFORM: `linux/${architecture}`,
  BUILDOS: 'linux',
  BUILDARCH: architecture,
  BUILDVARIANT: '',
};

type Given = Readonly<Record<string, string>>;

/** ARGs before the first FROM. */
export function globalArguments(dockerfile: Dockerfile, given: Given): Given {
  const values: Record<string, string> = { ...platformArguments };
  for (const { name, value } of dockerfile.globals.flatMap(pairs)) {
    const chosen =
      given[name] ??
      (value === undefined ? values[name] : expandWord(value, (key) => values[key], dockerfile.escape));
    if (chosen !== undefined) values[name] = chosen;
  }
  return values;
}

/** Those of `given` that no stage has to declare. */
export function predefinedArguments(given: Given): Given {
  return Object.fromEntries(Object.entries(given).filter(([name]) => predefined.has(name)));
}

/** ARG in a stage: given, else its default, else the global one. */
export function declareArguments(
  state: StageState,
  instruction: Instruction,
  expand: (word: string) => string,
  given: Given,
  globals: Given,
): StageState {
  const args = { ...state.args };
  for (const { name, value } of pairs(instruction)) {
    const chosen = given[name] ?? (value === undefined ? globals[name] : expand(value));
    if (chosen !== undefined) args[name] = chosen;
  }
  return { ...state, args };
}

/** Names that were given but that no ARG takes. */
export function unusedArguments(dockerfile: Dockerfile, given: Given): readonly string[] {
  const all = [dockerfile.globals, ...dockerfile.stages.map((stage) => stage.instructions)].flat();
  const declared = new Set(
    all
      .filter(({ keyword }) => keyword === 'ARG')
      .flatMap(pairs)
      .map(({ name }) => name),
  );
  return Object.keys(given).filter((name) => !declared.has(name) && !predefined.has(name));
}
