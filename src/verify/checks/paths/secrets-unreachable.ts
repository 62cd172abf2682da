import type { Check } from '../../model.ts';
import { pathReports } from '../../paths/report.ts';

export const secretsUnreachable: Check = {
  id: 'secrets-unreachable',
  title: 'A task has a path to its secrets',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html',
  why: 'No task starts: “ResourceInitializationError: unable to pull secrets or registry auth”; calls of the program itself time out.',
  find: (context) => pathReports(context, 'secrets-unreachable'),
};
