import { InputError } from '../../../common/problem.ts';
import type { Instruction } from '../../../dockerfile/model.ts';
import { canonicalJson, sha256 } from '../images/canonical.ts';
import type { ImageStore } from '../images/store.ts';
import type { LaunchContext } from '../launch/context.ts';
import type { Volumes } from '../launch/volumes.ts';
import type { BuildRequest, Image, ImageConfig } from '../runtime.ts';
import type { HostSettings } from './host-settings.ts';
import type { IgnoreRules } from './ignore.ts';

/** A stage as far as it has been built. */
export interface StageState {
  /** Keys, bottom first. */
  readonly layers: readonly string[];
  readonly config: ImageConfig;
  readonly shell: readonly string[];
  /** Declared ARGs with their values. */
  readonly args: Readonly<Record<string, string>>;
  /** Whether this stage has a CMD of its own. */
  readonly ownCommand: boolean;
}

/** One build. */
export interface Build {
  readonly launch: LaunchContext;
  readonly volumes: Volumes;
  readonly request: BuildRequest;
  readonly ignore: IgnoreRules;
  readonly hostSettings: () => Promise<HostSettings>;
  readonly buildNetwork: () => Promise<string>;
  readonly nameServers: readonly string[];
  resolve(reference: string): Promise<Image>;
  /** An earlier stage's result by name or number, or an image. */
  source(name: string, step: Step): Promise<StageState>;
  progress(line: string): void;
}

export interface Step {
  readonly instruction: Instruction;
  /** Removes quotes and puts in what ARG and ENV say. */
  expand(word: string): string;
  /** To be called when the work is not cached: tells the instruction. */
  begin(): void;
}

/** One instruction's deed; whether its layer was there already. */
export type Handler = (
  build: Build,
  state: StageState,
  step: Step,
) => Promise<{ readonly state: StageState; readonly cached?: boolean }>;

export function refuse({ position }: Instruction, message: string, fix: string): never {
  throw new InputError([{ code: 'dockerfile-not-enacted', message, position, fix }]);
}

/** Directories of a stage's layers, top first. */
export function directories(store: ImageStore, state: Pick<StageState, 'layers'>): readonly string[] {
  return state.layers.map(store.layerPath).reverse();
}

export function layerKey(kind: string, state: StageState, ...parts: readonly unknown[]): string {
  return sha256(canonicalJson([kind, state.layers, ...parts]));
}

export function withLayer(state: StageState, key: string): StageState {
  return { ...state, layers: [...state.layers, key] };
}

export function withConfig(state: StageState, config: Partial<ImageConfig>): StageState {
  return { ...state, config: { ...state.config, ...config } };
}

/** Flags that are understood; any other is refused. */
export function flagsOf(
  instruction: Instruction,
  known: readonly string[],
): Readonly<Record<string, string>> {
  for (const { name } of instruction.flags)
    if (!known.includes(name))
      refuse(
        instruction,
        `${instruction.keyword} --${name} is not enacted`,
        known.length > 0
          ? `leave it out; understood are ${known.map((flag) => `--${flag}`).join(', ')}`
          : 'leave it out',
      );
  return Object.fromEntries(instruction.flags.map(({ name, value }) => [name, value ?? 'true']));
}
