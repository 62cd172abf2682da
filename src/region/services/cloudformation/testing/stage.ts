import { manualClock, type ManualClock } from '../../../../common/clock.ts';
import { resourceTypes } from '../types/index.ts';
import { slowTypes, type Slowness } from './slow-type.ts';
import { timeline } from './timeline.ts';
import { createWorld, type Instance, type World } from './world.ts';

export interface Stage {
  readonly clock: ManualClock;
  readonly world: World;
  readonly cfn: Instance;
  readonly alive: ReadonlyMap<string, object>;
  /** What was asked to be deleted in vain, each time. */
  readonly refused: readonly string[];
  /** How resources behave from now on. */
  behave(how: Slowness): void;
  status(name?: string): Promise<string | undefined>;
  /** Moves time on by so many seconds. */
  pass(seconds: number): Promise<void>;
  trace(name?: string, from?: number): Promise<string[]>;
  close(): Promise<void>;
}

/** A world under a clock moved by hand, whose log groups take as long as a test says. */
export async function createStage(): Promise<Stage> {
  const clock = manualClock();
  const world = createWorld(clock);
  let slowness: Slowness = {};
  const { types, alive, refused } = slowTypes(clock, () => slowness);
  const cfn = await world.open(() => {}, new Map([...resourceTypes, ...types]));
  return {
    clock,
    world,
    cfn,
    alive,
    refused,
    behave(how) {
      slowness = how;
    },
    async status(StackName = 's') {
      const { Stacks } = await cfn.api.DescribeStacks({ StackName });
      return Stacks![0]!.StackStatus;
    },
    async pass(seconds) {
      for (let second = 0; second < seconds; second++) await clock.advance(1000);
      // Steps in between take turns of the event loop, not time.
      for (let turn = 0; turn < 20; turn++) await clock.advance(0);
    },
    trace: async (name = 's', from = 0) => (await timeline(cfn, name)).slice(from),
    async close() {
      await cfn.stop();
      await world.close();
    },
  };
}

/** The input of a stack `s` of slow resources: name → what it depends on and its further properties. */
export function slowStack(
  resources: Readonly<
    Record<string, { after?: readonly string[]; days?: number; named?: string; more?: object }>
  >,
  more: object = {},
): { StackName: string; TemplateBody: string } {
  return {
    StackName: 's',
    TemplateBody: JSON.stringify({
      Resources: Object.fromEntries(
        Object.entries(resources).map(([id, { after = [], days = 7, named, more: rest = {} }]) => [
          id,
          {
            Type: 'AWS::Logs::LogGroup',
            DependsOn: after,
            Properties: { RetentionInDays: days, ...(named === undefined ? {} : { LogGroupName: named }) },
            ...rest,
          },
        ]),
      ),
      ...more,
    }),
  };
}
