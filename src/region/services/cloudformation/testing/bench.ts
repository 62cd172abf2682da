import type { Clock } from '../../../../common/clock.ts';
import { createWorld, type Instance, type World } from './world.ts';

export interface Bench {
  readonly world: World;
  cfn: Instance;
  status(name?: string): Promise<string | undefined>;
  /** Oldest first: `Vpc CREATE_COMPLETE`, with the reason where there is one. */
  events(name?: string): Promise<string[]>;
  /** Resolves once an event that starts like this has been. */
  seen(start: string): Promise<void>;
  close(): Promise<void>;
}

/** A world with one instance of CloudFormation, and the questions that tests ask of the stack `net`. */
export async function createBench(clock?: Clock): Promise<Bench> {
  const world = createWorld(clock);
  const bench: Bench = {
    world,
    cfn: await world.open(),
    async status(StackName = 'net') {
      const { Stacks } = await bench.cfn.api.DescribeStacks({ StackName });
      return Stacks![0]!.StackStatus;
    },
    async events(StackName = 'net') {
      const { StackEvents } = await bench.cfn.api.DescribeStackEvents({ StackName });
      return StackEvents!
        .map(({ LogicalResourceId, ResourceStatus, ResourceStatusReason }) =>
          [LogicalResourceId, ResourceStatus, ...(ResourceStatusReason ? [ResourceStatusReason] : [])].join(
            ' ',
          ),
        )
        .reverse();
    },
    async seen(start) {
      while (!(await bench.events()).some((event) => event.startsWith(start)))
        await new Promise((resolve) => void setImmediate(resolve));
    },
    async close() {
      await bench.cfn.stop();
      await world.close();
    },
  };
  return bench;
}

/** `code: message` of a refused call. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'accepted';
  } catch (error) {
    return `${(error as { code: string }).code}: ${(error as Error).message}`;
  }
}

/** The input of a stack `net` with one VPC. */
export function vpc(cidr: string, more = ''): { StackName: string; TemplateBody: string } {
  return {
    StackName: 'net',
    TemplateBody: `
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: ${cidr}
${more}`,
  };
}
