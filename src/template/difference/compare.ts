import type { EvaluatedResource } from '../evaluated.ts';
import { dependencyOrder } from '../graph.ts';
import { isObject, sameValue } from '../json.ts';
import type { Path } from '../path.ts';
import { referencesIn } from '../references.ts';
import { resourceSchema } from '../schema/schema.ts';
import type { ExaminedStack } from '../stacks/model.ts';
import { defaultPolicy, fateOf } from './data.ts';
import { differencesIn } from './members.ts';
import type { NamedChange, PropertyChange, ResourceChange, TemplateDiff } from './model.ts';
import { fixedName } from './names.ts';
import { renamedIn } from './renames.ts';

/** What bringing a stack from one template to another would change: in the order in which CloudFormation works, removals last. */
export function compareStacks(before: ExaminedStack, after: ExaminedStack): TemplateDiff {
  const [old, now] = [before.evaluated, after.evaluated];
  const renamed = renamedIn(old.resources, now.resources);
  const moving = new Map<string, string>();
  const changes: ResourceChange[] = [];
  for (const id of dependencyOrder(after.template.template)) {
    const resource = now.resources.get(id);
    if (!resource) continue;
    const change = changeOf(id, old.resources.get(id), resource, moving, after);
    if (!change) continue;
    const from = renamed.get(id);
    changes.push(from === undefined ? change : { ...change, renamedFrom: from });
    if (change.kind !== 'changed') moving.set(after.nameOf(id), change.kind);
  }
  for (const [id, resource] of old.resources) {
    if (now.resources.has(id)) continue;
    const written = before.template.template.Resources[id]?.DeletionPolicy;
    const data = fateOf(resource, written === undefined ? defaultPolicy(resource) : resource.deletionPolicy);
    const path = ['Resources', id];
    changes.push({
      kind: 'removed',
      id,
      type: resource.type,
      properties: [],
      conditional: resource.conditional,
      ...(data ? { data } : {}),
      path,
      position: before.positionOf(path),
    });
  }
  return {
    resources: changes,
    outputs: named(valuesOf(old.outputs), valuesOf(now.outputs)),
    parameters: named(parametersOf(before), parametersOf(after)),
  };
}

function changeOf(
  id: string,
  before: EvaluatedResource | undefined,
  after: EvaluatedResource,
  moving: ReadonlyMap<string, string>,
  stack: ExaminedStack,
): ResourceChange | undefined {
  const path = ['Resources', id];
  const base = {
    id,
    type: after.type,
    conditional: after.conditional,
    path,
    position: stack.positionOf(path),
  };
  if (!before) return { ...base, kind: 'added', properties: [] };
  const properties = propertyChanges(before, after, moving, path);
  const otherType = before.type !== after.type;
  if (properties.length === 0 && !otherType) return undefined;
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
  const kind =
    otherType || properties.some(({ effect }) => effect === 'replaces')
      ? 'replaced'
      : properties.some(({ effect }) => effect === 'may-replace')
        ? 'may-be-replaced'
        : 'changed';
  if (kind === 'changed') return { ...base, kind, properties };
  const data = fateOf(before, after.updateReplacePolicy);
  const name = otherType ? undefined : fixedName(before, after);
  const first = properties.find(({ effect }) => effect !== 'none');
  return {
    ...base,
    kind,
    properties,
    ...(data ? { data } : {}),
    ...(name ? { name } : {}),
    position: stack.positionOf(first?.path ?? path),
  };
}

const effects = { Always: 'replaces', Conditionally: 'may-replace', Never: 'none' } as const;

function propertyChanges(
  before: EvaluatedResource,
  after: EvaluatedResource,
  moving: ReadonlyMap<string, string>,
  path: Path,
): PropertyChange[] {
  const schema = resourceSchema(after.type);
  const names = new Set([...Object.keys(before.properties), ...Object.keys(after.properties)]);
  return [...names].flatMap((name): PropertyChange[] => {
    const [old, value] = [before.properties[name], after.properties[name]];
    const recreation = effects[schema?.properties.get(name)?.replacement ?? 'Never'];
    const own = differencesIn(old, value, name, [...path, 'Properties', name]).map(
      (difference): PropertyChange => ({ ...difference, effect: recreation }),
    );
    if (own.length > 0) return own;
    // The text is the same, and what it refers to becomes another resource.
    const cause = referencesIn(value).find((reference) => moved(reference, moving));
    if (!cause || moving.get(cause.name) === 'added') return [];
    const sure = moving.get(cause.name) === 'replaced';
    return [
      {
        label: name,
        path: [...path, 'Properties', name],
        before: old,
        after: value,
        effect: recreation === 'replaces' && !sure ? 'may-replace' : recreation,
        because: cause.name,
      },
    ];
  });
}

/** An attribute that is a property of its resource stays what it was (`!GetAtt Service.Name` with a fixed name). */
function moved(
  { kind, name }: { readonly kind: string; readonly name: string },
  moving: ReadonlyMap<string, string>,
): boolean {
  return kind !== 'condition' && moving.has(name);
}

function named(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): NamedChange[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].flatMap((name): NamedChange[] => {
    const [old, value] = [before.get(name), after.get(name)];
    if (before.has(name) && after.has(name))
      return sameValue(old, value) ? [] : [{ kind: 'changed', name, before: old, after: value }];
    return [{ kind: after.has(name) ? 'added' : 'removed', name, before: old, after: value }];
  });
}

const valuesOf = (outputs: ExaminedStack['evaluated']['outputs']): ReadonlyMap<string, unknown> =>
  new Map(
    [...outputs].map(([name, { value, exportName }]) => [
      name,
      exportName === undefined ? value : { value, exportName },
    ]),
  );

const parametersOf = ({ template }: ExaminedStack): ReadonlyMap<string, unknown> =>
  new Map(
    Object.entries(template.template.Parameters ?? {}).map(([name, { Type, Default }]) => [
      name,
      isObject(Default) || Default === undefined ? Type : `${Type} = ${String(Default)}`,
    ]),
  );
