import { groupIds, subnetIds, vpcId, type TestRegion } from './test-region.ts';

/** Makers of what tests need, with the settings that do not matter to them. */
export function testResources({ api }: Pick<TestRegion, 'api'>) {
  return {
    async loadBalancer(Name = 'web', more: object = {}) {
      const { LoadBalancers = [] } = await api.CreateLoadBalancer({
        Name,
        Subnets: subnetIds,
        SecurityGroups: groupIds,
        ...more,
      });
      return LoadBalancers[0]!;
    },
    async targetGroup(Name = 'web', more: object = {}) {
      const { TargetGroups = [] } = await api.CreateTargetGroup({
        Name,
        Protocol: 'HTTP',
        Port: 80,
        VpcId: vpcId,
        TargetType: 'ip',
        ...more,
      });
      return TargetGroups[0]!.TargetGroupArn!;
    },
    async listener(LoadBalancerArn: string, TargetGroupArn: string, Port = 80) {
      const { Listeners = [] } = await api.CreateListener({
        LoadBalancerArn,
        Protocol: 'HTTP',
        Port,
        DefaultActions: [{ Type: 'forward', TargetGroupArn }],
      });
      return Listeners[0]!.ListenerArn!;
    },
  };
}

/** The error's code and message. */
export const refusal = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'accepted',
    (error: { name: string; message: string }) => `${error.name}: ${error.message}`,
  );

/** A program that never says anything. */
export const silentProgram = {
  started: Promise.resolve(1),
  exited: Promise.resolve({ code: 0, signal: null }),
  onStdout: () => {},
  onStderr: () => {},
  onMessage: () => {},
  send: (_message: unknown, handle?: { close(): void }) => handle?.close(),
  signal: async () => true,
};
