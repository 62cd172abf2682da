import type { Check } from '../../model.ts';
import { pathReports } from '../../paths/report.ts';

export const serviceUnreachable: Check = {
  id: 'service-unreachable',
  title: 'A service has a path to the services that it calls',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html',
  why: 'Calls time out: security groups and network ACLs drop what they do not let pass, and nobody answers.',
  find: (context) => pathReports(context, 'service-unreachable'),
};
