import type { App } from '../compose/app.ts';
import type { Problem } from '../common/problem.ts';

/** `x-aws-vpc`, `x-aws-cluster`, `x-aws-loadbalancer`: a cluster that is there is used, the others are not. */
export function existingProblems({ settings: { existing = {} } }: App, target: 'local' | 'aws'): Problem[] {
  if (target === 'local') return [];
  const refused = [
    ['x-aws-vpc', existing.vpc, 'network'],
    ['x-aws-loadbalancer', existing.loadBalancer, 'load balancer'],
  ] as const;
  return refused.flatMap(([key, value, words]) =>
    value
      ? [
          {
            code: 'existing-resource',
            message: `${key} names the ${words} ${value.value}, and Fairway makes one of its own for each project: what it allows could not be vouched for otherwise`,
            position: value.position,
            fix: `take ${key} away; or change the template that fairway synth prints`,
          },
        ]
      : [],
  );
}

/** A run on this machine makes everything itself. */
export function existingNotices({ settings: { existing = {} } }: App, target: 'local' | 'aws'): Problem[] {
  if (target === 'aws') return [];
  return Object.values(existing).map(({ value, position }) => ({
    code: 'existing-resource',
    message: `${value} is in an AWS account: this run has one of its own`,
    position,
  }));
}
