import { InputError } from '../../../common/problem.ts';
import type { Instruction } from '../../../dockerfile/model.ts';
import { canonicalJson, sha256 } from '../images/canonical.ts';
import type { ImageStore } from '../images/store.ts';
import type { LaunchContext } from '../launch/context.ts';
import type { Volumes } from '../launch/volumes.ts';
import type { BuildEvent, BuildRequest, Image, ImageConfig } from '../runtime.ts';
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

export const emptyConfig: ImageConfig = {
  environment: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
  exposedPorts: [],
  volumes: [],
};
export const defaultShell: readonly string[] = ['/bin/sh', '-c'];
/** `FROM scratch` */
export const emptyState: StageState = {
  layers: [],
  config: emptyConfig,
  shell: defaultShell,
  args: {},
  ownCommand: false,
};

/** Files of the host that a build may read. */
export interface Folder {
  readonly path: string;
  readonly ignore: IgnoreRules;
}
/** Where COPY and a bind mount take files from. */
export type Source =
  | ({ readonly kind: 'folder' } & Folder)
  | { readonly kind: 'layers'; readonly layers: readonly string[] };

/** What a build is given by the runtime. */
export interface BuildContext {
  readonly launch: LaunchContext;
  readonly volumes: Volumes;
  readonly request: BuildRequest;
  readonly hostSettings: () => Promise<HostSettings>;
  readonly buildNetwork: () => Promise<string>;
  readonly nameServers: readonly string[];
  readonly signal: AbortSignal;
  resolve(reference: string): Promise<Image>;
  progress(line: string, event?: BuildEvent): void;
}

/** One stage of a build at work. */
export interface Build extends BuildContext {
  readonly folder: Folder;
  /** An earlier stage's result by name or number, a named context, or an image. */
  source(name: string): Promise<Source>;
  /** Part of every key where nothing of an earlier build may serve. */
  readonly salt?: string;
}

export interface Step {
  readonly instruction: Instruction;
  readonly title: string;
  /** Removes quotes and puts in what ARG and ENV say. */
  expand(word: string): string;
  /** The same for the text of a here-document, whose quotes stay. */
  expandText(text: string): string;
  /** To be called when the work is not cached: tells the instruction. */
  begin(): void;
  /** The text of the Dockerfile around the instruction. */
  readonly frame: string;
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

export function layerKey(
  { salt }: Pick<Build, 'salt'>,
  kind: string,
  state: Pick<StageState, 'layers'>,
  ...parts: readonly unknown[]
): string {
  return sha256(canonicalJson([kind, state.layers, ...parts, ...(salt === undefined ? [] : [salt])]));
}

export function withLayer(state: StageState, key: string): StageState {
  return { ...state, layers: [...state.layers, key] };
}

export function withConfig(state: StageState, config: Partial<ImageConfig>): StageState {
  return { ...state, config: { ...state.config, ...config } };
}

/** Flags that are understood; any other is refused. Of one that is written again the last counts. */
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

/** Every value of a flag that may be written again. */
export const flagValues = ({ flags }: Instruction, wanted: string): readonly string[] =>
  flags.filter(({ name }) => name === wanted).map(({ value = '' }) => value);
