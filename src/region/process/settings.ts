import { parseArgs } from 'node:util';
import type { Pace } from '../region.ts';

/** How a region runs; what its program is started with. */
export interface RegionSettings {
  /** How many times as fast as the machine's its time goes. */
  readonly timeScale: number;
  readonly pace: Pace;
  /** Ends with who started it (its standard input), never because nothing is in it. */
  readonly foreground: boolean;
  /** Its state goes with it. */
  readonly ephemeral: boolean;
  /** Of the endpoint: this one and no other. Absent: 4566, else the next free one. */
  readonly port?: number;
}

export const defaultSettings: RegionSettings = {
  timeScale: 1,
  pace: 'eager',
  foreground: false,
  ephemeral: false,
};

/** The arguments of the region's program. */
export const toArguments = ({ timeScale, pace, foreground, ephemeral, port }: RegionSettings): string[] => [
  `--time-scale=${timeScale}`,
  `--pace=${pace}`,
  ...(foreground ? ['--foreground'] : []),
  ...(ephemeral ? ['--ephemeral'] : []),
  ...(port === undefined ? [] : [`--port=${port}`]),
];

/** The reverse of `toArguments`; rejects what it does not know. */
export function fromArguments(args: readonly string[]): RegionSettings {
  const { values } = parseArgs({
    args: [...args],
    strict: true,
    options: {
      'time-scale': { type: 'string', default: '1' },
      pace: { type: 'string', default: 'eager' },
      foreground: { type: 'boolean', default: false },
      ephemeral: { type: 'boolean', default: false },
      port: { type: 'string' },
    },
  });
  return {
    timeScale: Number(values['time-scale']),
    pace: values.pace === 'aws' ? 'aws' : 'eager',
    foreground: values.foreground,
    ephemeral: values.ephemeral,
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
  };
}

/** `time scale 20, pace aws`; as people read it. */
export const describeTime = ({ timeScale = 1, pace = 'eager' }: Partial<RegionSettings> = {}): string =>
  `time scale ${timeScale}, pace ${pace}`;

/** Whether its time is that of every region that nobody said anything of. */
export const isOrdinaryTime = ({ timeScale, pace }: Pick<RegionSettings, 'timeScale' | 'pace'>): boolean =>
  timeScale === defaultSettings.timeScale && pace === defaultSettings.pace;
