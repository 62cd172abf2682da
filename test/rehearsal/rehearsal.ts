import type { Program } from '../../src/region/testing/programs.ts';
import { simulatedRegion, type SimulatedRegion } from '../../src/region/testing/simulated-region.ts';
import { appTemplate, baseTemplate, TAKEN, type Shape } from './shape.ts';

/** What the images of a shape do. */
const programs: Readonly<Record<string, Program | 'missing'>> = {
  'good:1': {},
  'good:2': { answersAfter: 12_000, endsAfter: 2_000 },
  'good:3': { answersAfter: 3_000, endsAfter: Infinity },
  /** Ends at once, without an answer. */
  'crash:1': { exits: { after: 1_500, code: 1 }, answersAfter: Infinity },
  /** Runs, and never answers. */
  'sick:1': { answersAfter: Infinity },
  /** Answers that it is broken. */
  'broken:1': { status: 500, check: 1 },
  'missing:1': 'missing',
};

export interface Rehearsal extends SimulatedRegion {
  /** Creates or updates; gives false where CloudFormation has nothing to do or refuses. */
  deploy(name: string, shape: Shape, index?: number): Promise<boolean>;
  /** Status of a stack; undefined where there is none. */
  status(name: string): Promise<string | undefined>;
  /** Its status once its operation has ended. */
  settled(name: string): Promise<string>;
  delete(name: string): Promise<boolean>;
  /** Cancels an update; gives false where none can be cancelled. */
  cancel(name: string): Promise<boolean>;
  /** The events of a stack, oldest first: `Group UPDATE_FAILED reason`. */
  events(name: string): Promise<readonly string[]>;
}

/** A region under a clock moved by hand, with the base stack in it. */
export async function rehearsal(): Promise<Rehearsal> {
  const simulated = await simulatedRegion();
  const { cloudformation, logs } = simulated.api;
  for (const [image, program] of Object.entries(programs)) simulated.programs.set(image, program);
  await logs.CreateLogGroup({ logGroupName: TAKEN });

  async function status(name: string): Promise<string | undefined> {
    const { Stacks } = await cloudformation
      .DescribeStacks({ StackName: name })
      .catch(() => ({ Stacks: undefined }));
    return Stacks?.[0]?.StackStatus;
  }
  async function create(name: string, TemplateBody: string): Promise<void> {
    await cloudformation.CreateStack({
      StackName: name,
      TemplateBody,
      Capabilities: ['CAPABILITY_IAM'],
    });
  }
  const settled = (name: string): Promise<string> =>
    simulated.until(async () => {
      const found = (await status(name)) ?? 'DELETED';
      return found.endsWith('_IN_PROGRESS') ? undefined : found;
    });

  await create('base', baseTemplate());
  const base = await settled('base');
  if (base !== 'CREATE_COMPLETE') throw new Error(`the base is ${base}`);
  return {
    ...simulated,
    get running() {
      return simulated.running;
    },
    status,
    settled,
    async deploy(name, shape, index) {
      const body = appTemplate(shape, index);
      const call =
        (await status(name)) === undefined
          ? create(name, body)
          : cloudformation.UpdateStack({ StackName: name, TemplateBody: body });
      return refusable(call);
    },
    delete: (name) => refusable(cloudformation.DeleteStack({ StackName: name })),
    cancel: (name) => refusable(cloudformation.CancelUpdateStack({ StackName: name })),
    async events(name) {
      const { StackEvents = [] } = await cloudformation.DescribeStackEvents({ StackName: name });
      return StackEvents.map(({ LogicalResourceId, ResourceStatus, ResourceStatusReason }) =>
        [LogicalResourceId, ResourceStatus, ResourceStatusReason ?? ''].join(' ').trim(),
      ).reverse();
    },
  };
}

/** Whether CloudFormation took it: what it refuses in the state that a stack is in is no fault. */
async function refusable(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if ((error as Error).name === 'ValidationError') return false;
    throw error;
  }
}
