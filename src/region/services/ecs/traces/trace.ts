import type * as sdk from '@aws-sdk/client-ecs';
import { taskDefinition, testRegion, watching, withService } from '../test-region.ts';

/** A rollout to rehearse: one service `api` of the program `api:1`, at AWS's own pace, under a clock moved by hand. */
export interface Rehearsal {
  readonly desired: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly breaker?: sdk.DeploymentCircuitBreaker;
  readonly alarms?: sdk.DeploymentAlarms;
  /** Health check grace period, in seconds. */
  readonly grace?: number;
  /** Seconds between container health checks of which two must fail; absent: there are none. */
  readonly checkedEvery?: number;
  /** Behind a load balancer, whose targets are first in this state. */
  readonly balanced?: 'healthy' | 'initial' | 'unhealthy';
  /** What programs do that do not just run: `{ 'api:2': 'crashes' }`. */
  readonly programs?: Readonly<Record<string, Behaviour>>;
}
/** `crashes`: exits with code 1 after 0.1 s. `sick`: fails its health check. `missing`: cannot be pulled. `stubborn`: heeds SIGKILL only, 30 s late. */
export type Behaviour = 'runs' | 'crashes' | 'sick' | 'missing' | 'stubborn';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const targetGroupArn = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/api/1';

/** Plays a rollout and writes down what changes, when: the deployments with their running and pending tasks, and the service's events. */
export async function rehearse(rehearsal: Rehearsal) {
  const test = testRegion({ taskSettles: 500 }, undefined, 'aws');
  const { programs, clock, api, balancer, targets } = test;
  const states = new Map<string, string>();
  Object.assign(test.region.api, {
    cloudwatch: {
      DescribeAlarms: async ({ AlarmNames = [] }: { AlarmNames?: string[] }) => ({
        MetricAlarms: AlarmNames.map((AlarmName) => ({
          AlarmName,
          StateValue: states.get(AlarmName) ?? 'OK',
          Period: 60,
          EvaluationPeriods: 2,
        })),
      }),
    },
  });
  const container = {
    ...(rehearsal.checkedEvery
      ? { healthCheck: { command: ['CMD', 'check'], interval: rehearsal.checkedEvery, retries: 2 } }
      : {}),
    ...(rehearsal.balanced ? { portMappings: [{ containerPort: 80 }] } : {}),
  };
  balancer.initial = rehearsal.balanced ?? 'healthy';

  const names = new Map<string, string>();
  const lines: string[] = [];
  const seen = new Set<string>();
  let shown = '';
  let zero = clock.now();

  /** What a program does from now on. */
  function program(image: string, behaviour: Behaviour): void {
    programs.crashing.delete(image);
    programs.health.delete(image);
    programs.missing.delete(image);
    programs.stubborn.delete(image);
    if (behaviour === 'crashes') programs.crashing.set(image, 1);
    if (behaviour === 'sick') programs.health.set(image, 1);
    if (behaviour === 'missing') programs.missing.add(image);
    if (behaviour === 'stubborn') programs.stubborn.add(image);
  }
  for (const [image, behaviour] of Object.entries(rehearsal.programs ?? {})) program(image, behaviour);

  await withService(
    {
      desiredCount: rehearsal.desired,
      healthCheckGracePeriodSeconds: rehearsal.grace,
      deploymentConfiguration: {
        minimumHealthyPercent: rehearsal.minimum,
        maximumPercent: rehearsal.maximum,
        deploymentCircuitBreaker: rehearsal.breaker,
        alarms: rehearsal.alarms,
      },
      ...(rehearsal.balanced
        ? { loadBalancers: [{ targetGroupArn, containerName: 'api', containerPort: 80 }] }
        : {}),
    },
    container,
    test,
  );
  const { service, tasks, update } = watching(test);

  /** Deployments in the order in which they were made: A, B, C. */
  function named(text: string): string {
    return text
      .replace(/^\(service api(?:, (taskSet))?/, (_all, set: string | undefined) => (set ? `(${set}` : '('))
      .replace(/^\(\) /, '')
      .replaceAll(/ecs-svc\/\d+/g, (id) => names.get(id) ?? names.set(id, letters[names.size]!).get(id)!)
      .replaceAll(/:?( \(task [0-9a-f]{32}\))+/g, '')
      .replaceAll(/\(task [0-9a-f]{32}\)/g, '(task)')
      .replaceAll(targetGroupArn, 'api');
  }
  async function sample(): Promise<void> {
    const { deployments = [], events = [], status } = await service();
    for (const { id = '' } of [...deployments].reverse()) named(id);
    const counts = deployments.map(
      ({ id = '', runningCount = 0, pendingCount = 0, rolloutState }) =>
        `${named(id)} ${runningCount}${pendingCount ? `+${pendingCount}` : ''} ${rolloutState}`,
    );
    const now = [...counts, ...(status === 'ACTIVE' ? [] : [status])].join(', ');
    const fresh = events.filter(({ id = '' }) => !seen.has(id)).reverse();
    for (const { id = '' } of fresh) seen.add(id);
    if (now === shown && fresh.length === 0) return;
    shown = now;
    lines.push(`${stamp(clock.now() - zero)} ${now}`);
    lines.push(...fresh.map(({ message = '' }) => `  ${named(message)}`));
  }
  async function settle(): Promise<void> {
    for (let round = 0; round < 12; round++) await clock.advance(0);
  }

  return {
    ...test,
    service,
    tasks,
    sample,
    settle,
    program,
    update: async (input: Partial<sdk.UpdateServiceRequest>) => void (await update(input)),
    /** A new revision with another image. */
    async deploy(image: string) {
      await api.RegisterTaskDefinition(taskDefinition({ ...container, image }));
      await update({ taskDefinition: 'api' });
    },
    /** Forgets what was, and counts time from now. */
    from() {
      zero = clock.now();
      lines.length = 0;
    },
    /** Moves time on from one thing that falls due to the next. `each` looks at every moment. */
    async pass(seconds: number, each: () => Promise<void> | void = () => {}) {
      const until = clock.now() + seconds * 1000;
      await settle();
      await sample();
      await each();
      while (clock.now() < until) {
        await clock.advance(Math.min(Math.max(clock.untilNext ?? Infinity, 0), until - clock.now()));
        await settle();
        await sample();
        await each();
      }
    },
    alarm: (name: string, state: 'OK' | 'ALARM') => void states.set(name, state),
    /** The newest running containers of an image end. */
    exit(image: string, count = 1) {
      const running = test.containers.filter(
        (one) => one.spec.image.digest === image && one.signals.length === 0 && !one.removed(),
      );
      for (const one of running.slice(-count)) one.exit(1);
    },
    /** What the load balancer says of all targets, and first of new ones. */
    serve(state: 'healthy' | 'unhealthy' | 'initial') {
      balancer.initial = state;
      for (const key of targets.keys()) targets.set(key, state);
    },
    /** The timeline so far. */
    timeline: () => lines,
  };
}

/** `m:ss`, with what there is of milliseconds. */
function stamp(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const rest = milliseconds % 1000;
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}${rest ? `.${String(rest).padStart(3, '0').replace(/0+$/, '')}` : ''}`;
}
