import type { Check } from '../../model.ts';
import { pathReports } from '../../paths/report.ts';

export const loadBalancerUnreachable: Check = {
  id: 'load-balancer-unreachable',
  title: 'An internet-facing load balancer has a path from the internet',
  severity: 'error',
  source:
    'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html',
  why: 'The stack is created, and every request from outside times out: packets are dropped without an answer.',
  find: (context) => pathReports(context, 'load-balancer-unreachable'),
};
