import { isObject } from '../../../template/json.ts';
import { groupRules } from './inline-rules.ts';
import type { Check } from '../../model.ts';
import { found } from '../../report.ts';
import { mistakes, plain } from './language.ts';

export const dependencyCycle: Check = {
  id: 'dependency-cycle',
  title: 'Resources do not wait for each other in a circle',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-dependson.html',
  why: 'CloudFormation refuses the template before it makes anything: “Circular dependency between resources: [A, B]”.',
  *find(context) {
    for (const { problem, resource, origin } of mistakes(context, 'dependency-cycle')) {
      const template = context.templates.find(({ stack }) => stack === origin.stack)?.template;
      const apart = template && isObject(template) ? groupRules(problem.circle ?? [], template) : undefined;
      const path = problem.circle?.[0]?.path ?? origin.path;
      yield found(
        resource,
        { ...origin, path },
        {
          message: plain(problem),
          fix: apart ?? { says: 'take one of these references out', edits: [] },
        },
      );
    }
  },
};
