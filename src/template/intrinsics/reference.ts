import { attributePair } from '../yaml-node.ts';
import { noValue, type Evaluation, type Intrinsic } from './types.ts';
import type { Path } from '../path.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-ref.html */
export const ref: Intrinsic = (argument, path, evaluation) => {
  if (typeof argument !== 'string')
    return evaluation.fail(
      path,
      'Template format error: Ref must be a string.',
      'write the name of a parameter or resource',
    );
  return lookUp(argument, path, evaluation);
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-getatt.html */
export const getAtt: Intrinsic = (argument, path, evaluation) => {
  const pair = attributePair(argument);
  const [logicalId, attribute] = Array.isArray(pair) ? (pair as unknown[]) : [];
  const name = evaluation.evaluate(attribute, path);
  if (typeof logicalId !== 'string' || typeof name !== 'string' || logicalId === '' || name === '')
    return evaluation.fail(
      path,
      'Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute',
    );
  return lookUpAttribute(logicalId, name, path, evaluation);
};

export function lookUp(name: string, path: Path, evaluation: Evaluation): unknown {
  const { template, parameters, pseudo, reference } = evaluation.known;
  if (name === 'AWS::NoValue') return noValue;
  if (name.startsWith('AWS::')) return pseudo[name] ?? { Ref: name };
  if (Object.hasOwn(template.Parameters ?? {}, name))
    return Object.hasOwn(parameters, name) ? parameters[name] : { Ref: name };
  if (path[0] === 'Conditions' || path[0] === 'Rules') return unresolved(name, path, evaluation);
  mustBeMade(name, path, evaluation, () => unresolved(name, path, evaluation));
  return reference?.(name) ?? { Ref: name };
}

export function lookUpAttribute(
  logicalId: string,
  name: string,
  path: Path,
  evaluation: Evaluation,
): unknown {
  mustBeMade(logicalId, path, evaluation, () =>
    evaluation.fail(
      path,
      `Template error: instance of Fn::GetAtt references undefined resource ${logicalId}`,
      'name a resource of this template',
      { code: 'reference-undefined', name: logicalId },
    ),
  );
  return evaluation.known.attribute?.(logicalId, name) ?? { 'Fn::GetAtt': [logicalId, name] };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html */
function mustBeMade(logicalId: string, path: Path, evaluation: Evaluation, orElse: () => never): void {
  const { Resources } = evaluation.known.template;
  const resource = Object.hasOwn(Resources, logicalId) ? Resources[logicalId] : undefined;
  if (!resource) return orElse();
  if (resource.Condition !== undefined && evaluation.condition(resource.Condition, path) === false)
    unresolved(
      logicalId,
      path,
      evaluation,
      `${logicalId} is not created: its condition ${resource.Condition} is false`,
    );
}

function unresolved(name: string, path: Path, evaluation: Evaluation, fix?: string): never {
  const { Resources } = evaluation.known.template;
  const isResource = Object.hasOwn(Resources, name);
  const beforehand = path[0] === 'Conditions' || path[0] === 'Rules';
  return evaluation.fail(
    path,
    beforehand
      ? `Template format error: Unresolved dependencies [${name}]. Cannot reference resources in the Conditions block of the template`
      : path[0] === 'Outputs'
        ? `Unresolved resource dependencies [${name}] in the Outputs block of the template`
        : `Template format error: Unresolved resource dependencies [${name}] in the Resources block of the template`,
    fix ??
      (beforehand ? 'name a parameter of this template' : 'name a parameter or a resource of this template'),
    {
      code: 'reference-undefined',
      name,
      ...(isResource
        ? {
            says: beforehand ? `${name} is a resource, and conditions are decided before there are any` : fix,
          }
        : {}),
    },
  );
}
