import { InputError, type Problem } from '../common/problem.ts';
import { createEvaluator, type Evaluator } from './evaluate.ts';
import type { Output, Resource } from './model.ts';
import { isObject } from './json.ts';
import type { Path } from './path.ts';
import type { TemplateProblem } from './problem.ts';
import { brokenRules } from './rules.ts';
import { conform } from './schema/conform.ts';
import type { Known } from './scope.ts';

/** A resource with its properties evaluated as far as they are known and brought into the types of their schema. */
export interface EvaluatedResource {
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly metadata: unknown;
  readonly deletionPolicy: string;
  readonly updateReplacePolicy: string;
  /** Whether its condition cannot be told yet. */
  readonly conditional: boolean;
}

export interface EvaluatedTemplate {
  /** Without those whose condition is false. */
  readonly resources: ReadonlyMap<string, EvaluatedResource>;
  readonly outputs: ReadonlyMap<string, EvaluatedOutput>;
}

export interface EvaluatedOutput {
  readonly value: unknown;
  readonly description: string | undefined;
  readonly exportName: unknown;
}

/**
 * The whole template with what is known.
 * @throws InputError with every problem of every resource and output
 */
export function evaluateTemplate(known: Known): EvaluatedTemplate {
  const evaluator = createEvaluator(known);
  const problems: Problem[] = [];
  const { Resources, Outputs = {}, Conditions = {} } = known.template;
  const collected = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  problems.push(...brokenRules(known, evaluator));
  for (const name of Object.keys(Conditions))
    collected(() => evaluator.condition(name, ['Conditions', name]));
  const resources = new Map<string, EvaluatedResource>();
  for (const [id, resource] of Object.entries(Resources)) {
    const evaluated = collected(() => evaluateResource(id, resource, evaluator, known));
    if (evaluated) resources.set(id, evaluated);
  }
  const outputs = new Map<string, EvaluatedOutput>();
  for (const [name, output] of Object.entries(Outputs)) {
    const evaluated = collected(() => evaluateOutput(name, output, evaluator));
    if (evaluated) outputs.set(name, evaluated);
  }
  if (problems.length > 0) throw new InputError(problems);
  return { resources, outputs };
}

/**
 * Undefined when the resource's condition is false.
 * @throws InputError with every problem of the resource, without `collect`
 */
export function evaluateResource(
  id: string,
  resource: Resource,
  evaluator: Evaluator,
  { positionOf }: Known,
  collect?: (problem: TemplateProblem) => void,
): EvaluatedResource | undefined {
  const path: Path = ['Resources', id];
  const holds =
    resource.Condition === undefined ? true : evaluator.condition(resource.Condition, [...path, 'Condition']);
  if (holds === false) return undefined;
  const at = [...path, 'Properties'];
  const properties = evaluator.value(resource.Properties ?? {}, at);
  const { value, problems } = conform(resource.Type, isObject(properties) ? properties : {}, at, positionOf);
  if (collect) problems.forEach(collect);
  else if (problems.length > 0) throw new InputError(problems);
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/transform-aws-languageextensions.html
  const policy = (key: 'DeletionPolicy' | 'UpdateReplacePolicy'): string => {
    const given = evaluator.value(resource[key] ?? 'Delete', [...path, key]);
    return typeof given === 'string' ? given : 'Delete';
  };
  return {
    type: resource.Type,
    properties: value,
    metadata: evaluator.value(resource.Metadata ?? {}, [...path, 'Metadata']),
    deletionPolicy: policy('DeletionPolicy'),
    updateReplacePolicy: policy('UpdateReplacePolicy'),
    conditional: holds === undefined,
  };
}

export function evaluateOutput(
  name: string,
  output: Output,
  evaluator: Evaluator,
): EvaluatedOutput | undefined {
  const path: Path = ['Outputs', name];
  if (output.Condition !== undefined && evaluator.condition(output.Condition, path) === false)
    return undefined;
  return {
    value: evaluator.value(output.Value, [...path, 'Value']),
    description: output.Description,
    exportName: evaluator.value(output.Export?.Name, [...path, 'Export', 'Name']),
  };
}
