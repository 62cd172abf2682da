import { createEvaluator, type Evaluator } from '../evaluate.ts';
import type { EvaluatedOutput, EvaluatedResource } from '../evaluated.ts';
import { examineTemplate, withOwnAttributes, type Examination } from '../examine.ts';
import { isObject } from '../json.ts';
import { locator } from '../locate.ts';
import { readParameters } from '../parameters.ts';
import type { Path } from '../path.ts';
import type { TemplateProblem, Unanswered } from '../problem.ts';
import type { ReadTemplate } from '../read.ts';
import type { Known, PseudoParameters } from '../scope.ts';
import type { ExaminedStack, StackSource, Surroundings } from './model.ts';
import { exported, joined } from './names.ts';
import { disagreements, handedOver, localTemplate, nestedType } from './nested.ts';

/** What one stack is evaluated with. */
interface Scope {
  readonly name: string;
  readonly template: ReadTemplate;
  readonly parent?: { readonly stack: string; readonly id: string };
  readonly known: Known;
  /** Whether somebody chose values for its parameters. */
  readonly chosen: boolean;
  readonly evaluator: Evaluator;
  readonly problems: readonly TemplateProblem[];
  readonly unanswered: readonly Unanswered[];
}

/**
 * Stacks looked at as one deployment: what one exports is known to the others, and nested stacks whose templates are at hand are
 * examined with what their parents give them. In the order of the sources, each followed by those nested in it.
 * @throws InputError for values that a template's parameters do not take
 */
export function examineStacks(
  sources: readonly StackSource[],
  { zones, ssm, readTemplate }: Surroundings = {},
): readonly ExaminedStack[] {
  const scopes: Scope[] = [];
  const children = new Map<string, Scope | undefined>();
  const importing = new Set<string>();

  function open(
    name: string,
    template: ReadTemplate,
    pseudo: PseudoParameters,
    supplied: Readonly<Record<string, string>>,
    nested?: { readonly parent: Scope['parent']; readonly given: Readonly<Record<string, unknown>> },
  ): Scope {
    const parameters = readParameters(template.template, supplied, template.positionOf, ssm);
    const given = nested ? handedOver(template, nested.given) : {};
    const known = withOwnAttributes({
      template: template.template,
      parameters: { ...parameters.values, ...given },
      pseudo,
      positionOf: template.positionOf,
      ...(zones ? { zones } : {}),
      importValue,
      attribute: (id, attribute) => nestedOutput(scope, id, attribute),
    });
    const unanswered = parameters.unanswered.filter(({ path }) => !Object.hasOwn(given, String(path[1])));
    const scope: Scope = {
      name,
      template,
      known,
      chosen: nested !== undefined || Object.keys(supplied).length > 0,
      evaluator: createEvaluator(known, () => {}),
      problems: [...template.problems, ...parameters.problems],
      unanswered: [...template.unanswered, ...unanswered],
      ...(nested?.parent ? { parent: nested.parent } : {}),
    };
    scopes.push(scope);
    for (const [id, { Type }] of Object.entries(template.template.Resources))
      if (Type === nestedType) childOf(scope, id);
    return scope;
  }
  function childOf(parent: Scope, id: string): Scope | undefined {
    const key = `${parent.name}/${id}`;
    if (children.has(key)) return children.get(key);
    // A child that needs itself gets nothing.
    children.set(key, undefined);
    const resource = parent.template.template.Resources[id]!;
    const { evaluator, known } = parent;
    if (resource.Condition !== undefined && evaluator.condition(resource.Condition) === false)
      return undefined;
    const at: Path = ['Resources', id, 'Properties'];
    const path = localTemplate(resource, evaluator.value(resource.Properties?.['TemplateURL'], at));
    const template = path === undefined ? undefined : readTemplate?.(path, parent.template);
    if (!template || key.split('/').length > depthLimit) return undefined;
    const values = exported(parent.name, evaluator.value(resource.Properties?.['Parameters'] ?? {}, at));
    const given = isObject(values) ? values : {};
    // AWS chooses their names.
    const { 'AWS::StackName': _name, 'AWS::StackId': _id, ...pseudo } = known.pseudo;
    const child = open(key, template, pseudo, {}, { parent: { stack: parent.name, id }, given });
    children.set(key, child);
    return child;
  }
  function nestedOutput(parent: Scope, id: string, attribute: string): unknown {
    const output = /^Outputs\.(.+)$/.exec(attribute)?.[1];
    if (output === undefined || parent.template.template.Resources[id]?.Type !== nestedType) return undefined;
    const child = childOf(parent, id);
    return child && outputOf(child, output);
  }
  function outputOf({ name, template, evaluator }: Scope, output: string): unknown {
    const declared = template.template.Outputs?.[output];
    const path = ['Outputs', output, 'Value'];
    return declared && exported(name, evaluator.value(declared.Value, path));
  }
  function importValue(name: string): unknown {
    if (importing.has(name)) return undefined;
    importing.add(name);
    try {
      for (const scope of scopes)
        for (const [output, { Export }] of Object.entries(scope.template.template.Outputs ?? {}))
          if (Export && scope.evaluator.value(Export.Name, ['Outputs', output, 'Export', 'Name']) === name)
            return outputOf(scope, output);
      return undefined;
    } finally {
      importing.delete(name);
    }
  }

  for (const { name, template, pseudo, supplied = {} } of sources) open(name, template, pseudo, supplied);
  const nameOf = jointNames(scopes);
  const order = sources.flatMap(({ name }) =>
    scopes.filter((scope) => scope.name === name || scope.name.startsWith(`${name}/`)),
  );
  return order.map((scope): ExaminedStack => {
    const { name, template, known, chosen, parent } = scope;
    const { evaluated, problems, unanswered } = examineTemplate(known, chosen);
    const locate = locator(known);
    const below = scopes.filter((other) => other.parent?.stack === name);
    return {
      name,
      template,
      ...(parent ? { parent } : {}),
      evaluated: joinedNames(name, evaluated, nameOf),
      problems: [
        ...scope.problems,
        ...problems,
        ...below.flatMap((child) => disagreements(template, child.parent!.id, child.template)),
      ],
      unanswered: [...scope.unanswered, ...unanswered],
      nameOf: (id) => nameOf(name, id),
      positionOf: (path) => template.positionOf(locate(path)),
      sourceOf: (path) => template.sourceOf(locate(path)),
    };
  });
}

/** A template that nests itself ends here. */
const depthLimit = 8;

function jointNames(scopes: readonly Scope[]): (stack: string, name: string) => string {
  const uses = new Map<string, number>();
  for (const { template } of scopes) {
    const { Resources, Parameters = {} } = template.template;
    for (const name of [...Object.keys(Resources), ...Object.keys(Parameters)])
      uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  return (stack, name) => ((uses.get(name) ?? 0) > 1 ? `${stack}/${name}` : name);
}

function joinedNames(
  stack: string,
  { resources, outputs }: Examination['evaluated'],
  nameOf: (stack: string, name: string) => string,
): Examination['evaluated'] {
  const join = (value: unknown): unknown => joined(stack, value, nameOf);
  return {
    resources: new Map(
      [...resources].map(([id, resource]): [string, EvaluatedResource] => [
        id,
        { ...resource, properties: join(resource.properties) as EvaluatedResource['properties'] },
      ]),
    ),
    outputs: new Map(
      [...outputs].map(([name, output]): [string, EvaluatedOutput] => [
        name,
        { ...output, value: join(output.value) },
      ]),
    ),
  };
}
