import type { Check } from '../../model.ts';
import { pathReports } from '../../paths/report.ts';

export const execUnreachable: Check = {
  id: 'exec-unreachable',
  title: 'ECS Exec has a path to Session Manager',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html',
  why: 'Every execute-command is refused: “TargetNotConnectedException”, as the agent in the task cannot open its channel.',
  find: (context) => pathReports(context, 'exec-unreachable'),
};
