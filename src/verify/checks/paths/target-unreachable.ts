import type { Check } from '../../model.ts';
import { pathReports } from '../../paths/report.ts';

export const targetUnreachable: Check = {
  id: 'target-unreachable',
  title: 'A load balancer reaches its targets',
  severity: 'error',
  source:
    'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html',
  why: 'Health checks time out (“Target.Timeout: Request timed out”), ECS replaces the tasks again and again, and clients get 504 or 503.',
  find: (context) => pathReports(context, 'target-unreachable'),
};
