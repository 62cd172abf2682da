import { manualClock, type ManualClock } from '../../../common/clock.ts';
import { createApis } from '../../gateway/apis.ts';
import type { Apis, Internal, Region } from '../../region.ts';
import { openStore, type Store } from '../../store/store.ts';
import { createEc2 } from './index.ts';
import type { Ec2Handlers } from './operation.ts';

export interface TestEc2 {
  readonly api: Apis['ec2'];
  readonly handlers: Ec2Handlers;
  readonly internal: Internal['ec2'];
  readonly store: Store;
  readonly clock: ManualClock;
  start(): void;
  stop(): Promise<void>;
}

/** EC2 alone, over a store in memory and a network that is settled at once. */
export function testEc2(region = 'us-east-1', store = openStore(), clock = manualClock()): TestEc2 {
  const known: Pick<Region, 'identity' | 'clock' | 'store' | 'log'> = {
    identity: {
      accountId: '123456789012',
      region,
      partition: 'aws',
      urlSuffix: 'amazonaws.com',
      stateDirectory: '/nowhere',
    },
    clock,
    store,
    log: () => {},
  };
  const plane = { network: { settled: async () => {}, denials: async () => [] } };
  const service = createEc2({ ...known, plane } as unknown as Region);
  return {
    api: createApis({ ec2: service.handlers }, { region }).ec2,
    handlers: service.handlers,
    internal: service.internal,
    store,
    clock,
    start: () => void service.start?.(),
    stop: async () => service.stop?.(),
  };
}

/** The code and words of the error that a call ends with. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return `${String(error.code)}: ${error.message}`;
    throw error;
  }
  return 'no error';
}

/** A VPC with two subnets, the parts most tests need. */
export async function twoSubnets({ api }: Pick<TestEc2, 'api'>) {
  const { Vpc } = await api.CreateVpc({ CidrBlock: '10.0.0.0/16' });
  const vpcId = Vpc?.VpcId ?? '';
  const subnet = async (CidrBlock: string, AvailabilityZone: string) => {
    const { Subnet } = await api.CreateSubnet({ VpcId: vpcId, CidrBlock, AvailabilityZone });
    return Subnet?.SubnetId ?? '';
  };
  const subnetA = await subnet('10.0.0.0/24', 'us-east-1a');
  const subnetB = await subnet('10.0.1.0/24', 'us-east-1b');
  return { vpcId, subnetA, subnetB };
}
