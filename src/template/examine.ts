import { createEvaluator, type Evaluator } from './evaluate.ts';
import {
  evaluateOutput,
  evaluateResource,
  type EvaluatedOutput,
  type EvaluatedResource,
  type EvaluatedTemplate,
} from './evaluated.ts';
import { misshapen } from './dynamic-reference.ts';
import { circlesIn } from './graph.ts';
import { isObject } from './json.ts';
import { locator } from './locate.ts';
import type { Path } from './path.ts';
import type { TemplateProblem, Unanswered } from './problem.ts';
import { brokenRules } from './rules.ts';
import { resourceSchema } from './schema/schema.ts';
import { constrain } from './schema/constrain.ts';
import type { Known } from './scope.ts';
import { referenceProblems } from './validate.ts';

/** A template looked at as a whole: what it comes to, and everything that is wrong with it. */
export interface Examination {
  readonly evaluated: EvaluatedTemplate;
  readonly problems: readonly TemplateProblem[];
  /** What is not modelled or cannot be told. */
  readonly unanswered: readonly Unanswered[];
}

/**
 * What a template itself tells of its resources: an attribute that a resource is given as a property is that property
 * (`!GetAtt Vpc.CidrBlock`).
 */
export function withOwnAttributes(known: Known): Known {
  const underWay = new Set<string>();
  let evaluator: Evaluator | undefined;
  const itself: Known = {
    ...known,
    attribute(id, name) {
      const given = known.attribute?.(id, name);
      const key = `${id}.${name}`;
      const resource = known.template.Resources[id];
      const written = resource?.Properties?.[name];
      if (given !== undefined || written === undefined || underWay.has(key)) return given;
      if (!Object.hasOwn(resourceSchema(resource!.Type)?.attributes ?? {}, name)) return given;
      underWay.add(key);
      evaluator ??= createEvaluator(itself, () => {});
      const value = evaluator.value(written, ['Resources', id, 'Properties', name]);
      underWay.delete(key);
      return value;
    },
  };
  return itself;
}

/**
 * The whole template with what is known, its mistakes collected and everything else evaluated all the same: what is at fault stays
 * symbolic. `chosen`: somebody chose the values of its parameters, and they are not all defaults.
 */
export function examineTemplate(known: Known, chosen = true): Examination {
  const { template, positionOf = () => undefined } = known;
  const problems = new Map<string, TemplateProblem>();
  const macros = [template.Transform ?? []].flat().some((name) => !isOfAws(name));
  const collect = (problem: TemplateProblem): void => {
    // A macro may make right what is not.
    if (macros && (problem.code === 'property-unknown' || problem.code === 'property-required')) return;
    const key = [problem.code, ...problem.path, problem.name ?? problem.message].join('\n');
    if (!problems.has(key)) problems.set(key, problem);
  };
  referenceProblems({ template, positionOf }).forEach(collect);
  circlesIn(template, positionOf).forEach(collect);
  const evaluator = createEvaluator(known, collect);
  const locate = locator(known);
  /** A problem of evaluated properties, with its paths as they are in the template. */
  const inTemplate = (problem: TemplateProblem): void => {
    const path = locate(problem.path);
    const changes = problem.changes?.map((change) => ({ ...change, path: locate(change.path) }));
    collect({ ...problem, path, position: positionOf(path), ...(changes ? { changes } : {}) });
  };

  for (const name of Object.keys(template.Conditions ?? {})) evaluator.condition(name, ['Conditions', name]);
  const unmet = brokenRules(known, evaluator);
  if (chosen) unmet.forEach(collect);
  const resources = new Map<string, EvaluatedResource>();
  for (const [id, resource] of Object.entries(template.Resources)) {
    const evaluated = evaluateResource(
      id,
      resource,
      evaluator,
      { ...known, positionOf: () => undefined },
      inTemplate,
    );
    if (!evaluated) continue;
    resources.set(id, evaluated);
    constrain(evaluated.type, evaluated.properties, ['Resources', id, 'Properties']).forEach(inTemplate);
  }
  const outputs = new Map<string, EvaluatedOutput>();
  for (const [name, output] of Object.entries(template.Outputs ?? {})) {
    const evaluated = evaluateOutput(name, output, evaluator);
    if (evaluated) outputs.set(name, evaluated);
  }
  for (const [id, { properties, metadata }] of resources)
    eachText({ Properties: properties, Metadata: metadata }, ['Resources', id], (text, path) => {
      const made = path.findIndex((key) => key === 'Fn::Join' || key === 'Fn::Resolve');
      const property = made < 0 ? path : path.slice(0, made);
      for (const message of misshapen(text, path.includes('Fn::Join')))
        inTemplate({ code: 'property-value', path: property, message, position: undefined });
    });
  return {
    evaluated: { resources, outputs },
    problems: [...problems.values()],
    unanswered: [
      ...notModelled(resources),
      // Who deploys has to choose other values than the defaults.
      ...(chosen ? [] : unmet.map(({ path, says, message }) => ({ path, why: says ?? message }))),
    ],
  };
}

/** Transforms of AWS leave resources of other types as they are. */
const isOfAws = (name: unknown): boolean => typeof name === 'string' && name.startsWith('AWS::');

/** Types of which nothing is known here: their properties are not checked, and what they do is not seen. */
function notModelled(resources: ReadonlyMap<string, EvaluatedResource>): Unanswered[] {
  return [...resources].flatMap(([id, { type }]) =>
    resourceSchema(type) || type === 'AWS::CDK::Metadata'
      ? []
      : [{ path: ['Resources', id, 'Type'], why: `the resource type ${type} is not modelled` }],
  );
}

/** The texts that have dynamic references. */
function eachText(value: unknown, path: Path, visit: (text: string, path: Path) => void): void {
  if (!hasReference(value)) return;
  if (typeof value === 'string') visit(value, path);
  else if (Array.isArray(value)) value.forEach((item, index) => eachText(item, [...path, index], visit));
  else if (isObject(value))
    for (const [key, member] of Object.entries(value)) eachText(member, [...path, key], visit);
}

function hasReference(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('{{resolve:');
  return typeof value === 'object' && value !== null && Object.values(value).some(hasReference);
}
