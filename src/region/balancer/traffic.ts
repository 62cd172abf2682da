/**
 * What is counted of one target group; numbers in place, so that counting allocates nothing.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export type GroupCounts = {
  /** Requests for which a target was chosen. */
  requests: number;
  target2xx: number;
  target3xx: number;
  target4xx: number;
  target5xx: number;
  /** Responses that began, and how long (milliseconds, in all) that took after their requests had been forwarded. */
  responses: number;
  responseMilliseconds: number;
  connectionErrors: number;
};
/** What is counted of the load balancer alone. */
export type BalancerCounts = {
  elb4xx: number;
  elb5xx: number;
  elb500: number;
  elb502: number;
  elb503: number;
  elb504: number;
  redirects: number;
  fixedResponses: number;
};

export const noGroupCounts = (): GroupCounts => ({
  requests: 0,
  target2xx: 0,
  target3xx: 0,
  target4xx: 0,
  target5xx: 0,
  responses: 0,
  responseMilliseconds: 0,
  connectionErrors: 0,
});
export const noBalancerCounts = (): BalancerCounts => ({
  elb4xx: 0,
  elb5xx: 0,
  elb500: 0,
  elb502: 0,
  elb503: 0,
  elb504: 0,
  redirects: 0,
  fixedResponses: 0,
});

/** A target's own code. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html */
export function countResponse(counts: GroupCounts, status: number, milliseconds: number): void {
  counts.responses++;
  counts.responseMilliseconds += milliseconds;
  if (status < 300) counts.target2xx++;
  else if (status < 400) counts.target3xx++;
  else if (status < 500) counts.target4xx++;
  else counts.target5xx++;
}

/** An error that the load balancer makes itself. */
export function countError(counts: BalancerCounts, status: number): void {
  if (status < 500) {
    counts.elb4xx++;
    return;
  }
  counts.elb5xx++;
  if (status === 500) counts.elb500++;
  else if (status === 502) counts.elb502++;
  else if (status === 503) counts.elb503++;
  else if (status === 504) counts.elb504++;
}

/** The counts so far, which begin again at nothing; undefined when there are none. */
export function takeCounts<Counts extends GroupCounts | BalancerCounts>(counts: Counts): Counts | undefined {
  const all: Record<string, number> = counts;
  if (Object.values(all).every((count) => count === 0)) return undefined;
  const taken = { ...counts };
  for (const key of Object.keys(all)) all[key] = 0;
  return taken;
}
