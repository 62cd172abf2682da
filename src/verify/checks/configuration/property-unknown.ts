import type { Check } from '../../model.ts';
import { cannotTell } from '../../report.ts';
import { reported } from './language.ts';

export const propertyUnknown: Check = {
  id: 'property-unknown',
  title: 'Every property is one that its resource type has',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html',
  why: 'CloudFormation refuses the resource: “Encountered unsupported property X”.',
  *find(context) {
    yield* reported(context, 'property-unknown');
    for (const { stack, unanswered = [] } of context.templates)
      for (const { path, why } of unanswered)
        // What a parameter leaves open is told where it matters.
        if (path[0] !== 'Parameters')
          yield cannotTell(
            String(path[path[0] === 'Resources' ? 1 : 0]),
            stack === undefined ? { path } : { stack, path },
            why,
          );
  },
};
