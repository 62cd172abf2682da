import { InputError, type Problem } from '../common/problem.ts';
import { diffResource, type ResourceDifference } from './diff.ts';
import { createEvaluator } from './evaluate.ts';
import { evaluateResource, type EvaluatedResource, type EvaluatedTemplate } from './evaluated.ts';
import type { DependencyGraph } from './graph.ts';
import type { Known } from './scope.ts';

export interface Plan {
  readonly differences: readonly ResourceDifference[];
  /** The resources as they will be, as far as that can be told. */
  readonly after: ReadonlyMap<string, EvaluatedResource>;
}

/**
 * What bringing `before` to the template of `known` would do, resource by resource in dependency order: whatever refers to a
 * resource that is made or replaced on the way is itself symbolic and may change in turn.
 * @throws InputError with every problem of the new template
 */
export function planChanges(
  before: ReadonlyMap<string, EvaluatedResource>,
  known: Known,
  { order }: DependencyGraph,
): Plan {
  const moving = new Set<string>();
  const evaluator = createEvaluator({
    ...known,
    reference: (id) => (moving.has(id) ? undefined : known.reference?.(id)),
    attribute: (id, name) => (moving.has(id) ? undefined : known.attribute?.(id, name)),
  });
  const problems: Problem[] = [];
  const after = new Map<string, EvaluatedResource>();
  const differences: ResourceDifference[] = [];
  for (const id of order) {
    try {
      const resource = evaluateResource(id, known.template.Resources[id]!, evaluator, known);
      if (resource) after.set(id, resource);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems);
      continue;
    }
    const difference = diffResource(id, before.get(id), after.get(id), moving);
    if (!difference) continue;
    differences.push(difference);
    if (difference.action === 'Add' || difference.action === 'Dynamic' || difference.replacement === 'True')
      moving.add(id);
    else if (difference.replacement === 'Conditional') moving.add(id);
  }
  if (problems.length > 0) throw new InputError(problems);
  for (const [id, resource] of before)
    if (!Object.hasOwn(known.template.Resources, id))
      differences.push({ action: 'Remove', logicalId: id, type: resource.type, details: [] });
  return { differences, after };
}

/** The difference of two templates, neither of which needs to have been deployed. */
export function diffTemplates(before: EvaluatedTemplate, known: Known, graph: DependencyGraph): Plan {
  return planChanges(before.resources, known, graph);
}

/** A change of policies alone is not an update. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html */
export function isUpdate({ action, details, replacement }: ResourceDifference): boolean {
  return (
    action !== 'Modify' ||
    replacement === 'True' ||
    details.some(({ attribute }) => attribute !== 'DeletionPolicy' && attribute !== 'UpdateReplacePolicy')
  );
}
