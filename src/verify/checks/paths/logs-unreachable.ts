import type { Check } from '../../model.ts';
import { pathReports } from '../../paths/report.ts';

export const logsUnreachable: Check = {
  id: 'logs-unreachable',
  title: 'A task has a path to CloudWatch Logs',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html',
  why: 'On Fargate no task starts: “ResourceInitializationError: failed to validate logger args”; elsewhere its log stays empty.',
  find: (context) => pathReports(context, 'logs-unreachable'),
};
