import type { Flow, Item, Picture, Verdict } from '../model.ts';
import { ranksOf, rowsOf } from '../picture/order.ts';

/** Who calls whom, by number. */
export interface Plan {
  readonly zones: number;
  readonly services: number;
  readonly calls: readonly { readonly from: number; readonly to: number; readonly verdict: Verdict }[];
}

/** A picture of any size: a load balancer above, services below, in every zone a copy of each. */
export function pictureFrom({ zones, services, calls }: Plan): Picture {
  const ids = Array.from({ length: services }, (_, index) => `Service${index}`);
  const edges = calls.map(({ from, to }) => ({ from: `Service${from}`, to: `Service${to}` }));
  const numbers = Array.from({ length: zones }, (_, index) => index);
  const item = (of: string, subnet: string, kind: Item['kind']): Item => ({
    id: `${of}@${subnet}`,
    of,
    kind,
    name: of,
    detail: 'image:1.0',
    count: of.length % 3,
  });
  const called = new Set(calls.map(({ to }) => to));
  const flows = numbers.flatMap((zone): Flow[] => [
    { from: 'Gateway', to: `LoadBalancer@Public${zone}`, ports: [443], verdict: 'proven' },
    ...ids
      .filter((_, index) => !called.has(index))
      .map((id): Flow => ({
        from: `LoadBalancer@Public${zone}`,
        to: `${id}@Private${zone}`,
        ports: [8080],
        verdict: 'proven',
      })),
    ...calls
      .filter(({ from, to }) => from !== to)
      .map(({ from, to, verdict }): Flow => ({
        from: `Service${from}@Private${zone}`,
        to: `Service${to}@Private${zone}`,
        ports: [8080],
        verdict,
        ...(verdict === 'blocked' ? { check: 'service-unreachable', why: 'no rule lets it in' } : {}),
      })),
  ]);
  return {
    title: `${services} services`,
    region: undefined,
    internet: true,
    regional: [
      { id: 'aws:logs', of: 'aws:logs', kind: 'logs', name: 'CloudWatch Logs', detail: '', count: undefined },
    ],
    remarks: [],
    flows: [{ from: 'internet', to: 'Gateway', ports: [443], verdict: 'proven' }, ...flows],
    vpcs: [
      {
        id: 'Vpc',
        label: 'VPC 10.0.0.0/16',
        gateway: {
          id: 'Gateway',
          of: 'Gateway',
          kind: 'internet-gateway',
          name: 'Internet gateway',
          detail: '',
          count: undefined,
        },
        zones: numbers.map((zone) => ({ id: `z${zone}`, label: `Availability Zone ${zone + 1}` })),
        tiers: [
          {
            subnets: numbers.map((zone) => ({
              id: `Public${zone}`,
              label: 'Public subnet',
              aside: `10.0.${zone}.0/24`,
              access: 'public',
              items: [item('LoadBalancer', `Public${zone}`, 'load-balancer')],
            })),
            blocks: [{ fleet: undefined, rows: [[['LoadBalancer']]] }],
          },
          {
            subnets: numbers.map((zone) => ({
              id: `Private${zone}`,
              label: 'Private subnet',
              aside: `10.0.1${zone}.0/24`,
              access: 'private',
              items: ids.map((id) => item(id, `Private${zone}`, 'service')),
            })),
            blocks: [
              {
                fleet: undefined,
                rows: rowsOf(ids, ranksOf(ids, edges), edges).map((row) =>
                  row.map((id) => (id === undefined ? [] : [id])),
                ),
              },
            ],
          },
        ],
      },
    ],
  };
}

/** Sixty services, a few of which many call. */
export const SIXTY: Plan = {
  zones: 2,
  services: 60,
  calls: Array.from({ length: 75 }, (_, index) => ({
    from: (index * 7) % 52,
    to: Math.min(59, ((index * 7) % 52) + 1 + ((index * 13) % 11)),
    verdict: index % 25 === 24 ? 'blocked' : 'proven',
  })),
};
