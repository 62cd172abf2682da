import {
  evaluateResource,
  intrinsicOf,
  isKnown,
  type EvaluatedResource,
} from '../../../../template/index.ts';
import { currentGeneration } from '../generations.ts';
import type { Tag } from '../records.ts';
import { tagsOf } from './context.ts';
import { ResourceFailure } from './failure.ts';
import type { ApplyWork } from './work.ts';

export interface Wanted {
  readonly resource: EvaluatedResource;
  readonly tags: readonly Tag[];
  readonly dependsOn: readonly string[];
  readonly creationPolicy: unknown;
}

/**
 * What the deployment wants of a logical resource; undefined where its condition is not met.
 * @throws InputError or ResourceFailure for what cannot be evaluated
 */
export function wantedOf(
  { program, deployment, stack, state }: ApplyWork,
  logicalId: string,
): Wanted | undefined {
  const source = program.parsed.template.Resources[logicalId]!;
  const resource = evaluateResource(logicalId, source, program.evaluator, program.known);
  if (!resource) return undefined;
  if (!isKnown(resource.properties)) throw unresolved(resource);
  const dependencies = program.graph.dependencies.get(logicalId) ?? [];
  return {
    resource,
    creationPolicy: program.evaluator.value(source.CreationPolicy, [
      'Resources',
      logicalId,
      'CreationPolicy',
    ]),
    tags: tagsOf(stack, deployment, resource.type, logicalId, resource.properties),
    dependsOn: [...dependencies].flatMap((id) => currentGeneration(state, stack.id, id)?.key ?? []),
  };
}

function unresolved({ properties }: EvaluatedResource): ResourceFailure {
  const found = firstSymbolic(properties);
  const imported = found?.[0] === 'Fn::ImportValue' ? found[1] : undefined;
  return typeof imported === 'string'
    ? new ResourceFailure(`No export named ${imported} found.`, 'NotFound')
    : new ResourceFailure(`Template error: ${JSON.stringify(found)} has no value`, 'InvalidRequest');
}

function firstSymbolic(value: unknown): readonly [string, unknown] | undefined {
  const intrinsic = intrinsicOf(value);
  if (intrinsic) {
    const inner =
      typeof intrinsic[1] === 'object' ? firstSymbolic(Object.values(intrinsic[1] as object)) : undefined;
    return inner ?? intrinsic;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const member of Object.values(value)) {
    const found = firstSymbolic(member);
    if (found) return found;
  }
  return undefined;
}
