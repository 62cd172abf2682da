import type { Check } from '../../model.ts';
import { pathReports } from '../../paths/report.ts';

export const databaseUnreachable: Check = {
  id: 'database-unreachable',
  title: 'A service that knows a database has a path to it',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Troubleshooting.html',
  why: 'Connections time out: security groups and network ACLs drop what they do not let pass, and nobody answers.',
  find: (context) => pathReports(context, 'database-unreachable'),
};
