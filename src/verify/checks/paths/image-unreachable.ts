import type { Check } from '../../model.ts';
import { pathReports } from '../../paths/report.ts';

export const imageUnreachable: Check = {
  id: 'image-unreachable',
  title: 'A task has a path to the registry of its image',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html',
  why: 'No task starts: “CannotPullContainerError” or “ResourceInitializationError: unable to pull secrets or registry auth”, until the deployment gives up.',
  find: (context) => pathReports(context, 'image-unreachable'),
};
