import type { Parameter } from '@aws-sdk/client-cloudformation';
import { parseTemplate, type ParsedTemplate } from '../../../../template/index.ts';
import type { DeploymentRecord } from '../records.ts';

const read = new WeakMap<object, ParsedTemplate>();

/** A deployment's template; records are never changed in place, so it is read once. */
export function parsedOf(deployment: DeploymentRecord): ParsedTemplate {
  const parsed = read.get(deployment) ?? parseTemplate(deployment.body);
  read.set(deployment, parsed);
  return parsed;
}

/**
 * Parameters as describe calls show them: defaults too, NoEcho masked.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
 */
export function shownParameters(deployment: DeploymentRecord): Parameter[] {
  return Object.entries(parsedOf(deployment).template.Parameters ?? {}).map(
    ([name, { NoEcho, Default }]) => ({
      ParameterKey: name,
      ParameterValue:
        NoEcho === true || String(NoEcho) === 'true'
          ? '****'
          : (deployment.parameters[name] ?? String(Default ?? '')),
    }),
  );
}
