import type { EvaluatedResource } from './evaluated.ts';
import { isObject, sameValue } from './json.ts';
import { referencesIn } from './references.ts';
import { resourceSchema, type PropertySchema } from './schema/schema.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html */
export interface ResourceDifference {
  readonly action: 'Add' | 'Modify' | 'Remove' | 'Dynamic';
  readonly logicalId: string;
  readonly type: string;
  /** For Modify only. */
  readonly replacement?: 'True' | 'False' | 'Conditional';
  readonly details: readonly Difference[];
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChangeDetail.html */
export interface Difference {
  readonly attribute: 'Properties' | 'Metadata' | 'Tags' | 'DeletionPolicy' | 'UpdateReplacePolicy';
  /** The property, where the attribute is `Properties`. */
  readonly name?: string;
  /** From the property down to the innermost node that holds every difference: `['ContainerDefinitions', 0, 'Image']`. */
  readonly path: readonly (string | number)[];
  readonly requiresRecreation: PropertySchema['replacement'];
  /** Dynamic: the new value depends on a resource that is made or replaced by this very change. */
  readonly evaluation: 'Static' | 'Dynamic';
  readonly before: unknown;
  readonly after: unknown;
  /** The resource (`Ref`), or resource and attribute, on which a dynamic value depends. */
  readonly cause?: { readonly kind: 'ref' | 'attribute'; readonly name: string };
}

/**
 * What changes in one resource. `moving` are the resources that this same change makes anew: what refers to them is dynamic.
 * Undefined: nothing changes.
 */
export function diffResource(
  logicalId: string,
  before: EvaluatedResource | undefined,
  after: EvaluatedResource | undefined,
  moving: ReadonlySet<string> = new Set(),
): ResourceDifference | undefined {
  if (!after) return before && { action: 'Remove', logicalId, type: before.type, details: [] };
  const base = { logicalId, type: after.type };
  if (!before) return { action: after.conditional ? 'Dynamic' : 'Add', ...base, details: [] };
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
  if (before.type !== after.type) return { action: 'Modify', ...base, replacement: 'True', details: [] };
  const details = [...propertyDifferences(before, after, moving), ...attributeDifferences(before, after)];
  if (details.length === 0) return undefined;
  return { action: 'Modify', ...base, replacement: replacementOf(details), details };
}

function propertyDifferences(
  before: EvaluatedResource,
  after: EvaluatedResource,
  moving: ReadonlySet<string>,
): Difference[] {
  const schema = resourceSchema(after.type);
  const names = new Set([...Object.keys(before.properties), ...Object.keys(after.properties)]);
  return [...names].flatMap((name): Difference[] => {
    const old = before.properties[name];
    const value = after.properties[name];
    const cause = referencesIn(value).find((reference) => moving.has(reference.name));
    if (sameValue(old, value) && !cause) return [];
    const common = {
      path: [name, ...innermost(old, value)],
      requiresRecreation: schema?.properties.get(name)?.replacement ?? 'Never',
      evaluation: cause ? ('Dynamic' as const) : ('Static' as const),
      before: old,
      after: value,
      ...(cause && cause.kind !== 'condition' ? { cause: { kind: cause.kind, name: causeName(cause) } } : {}),
    };
    return [
      name === schema?.tags ? { attribute: 'Tags', ...common } : { attribute: 'Properties', name, ...common },
    ];
  });
}

function causeName({ name, attribute }: { name: string; attribute?: string }): string {
  return attribute === undefined ? name : `${name}.${attribute}`;
}

/** A policy counts as a difference of an attribute, but is not enough for an update by itself. */
function attributeDifferences(before: EvaluatedResource, after: EvaluatedResource): Difference[] {
  const difference = (
    attribute: Exclude<Difference['attribute'], 'Properties' | 'Tags'>,
    old: unknown,
    value: unknown,
  ): Difference[] =>
    sameValue(old, value)
      ? []
      : [
          {
            attribute,
            path: innermost(old, value),
            requiresRecreation: 'Never',
            evaluation: 'Static',
            before: old,
            after: value,
          },
        ];
  return [
    ...difference('Metadata', before.metadata, after.metadata),
    ...difference('DeletionPolicy', before.deletionPolicy, after.deletionPolicy),
    ...difference('UpdateReplacePolicy', before.updateReplacePolicy, after.updateReplacePolicy),
  ];
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html: the strongest change decides. */
function replacementOf(details: readonly Difference[]): 'True' | 'False' | 'Conditional' {
  const any = (recreation: string, evaluation?: string): boolean =>
    details.some(
      (detail) =>
        detail.requiresRecreation === recreation &&
        (evaluation === undefined || detail.evaluation === evaluation),
    );
  if (any('Always', 'Static')) return 'True';
  return any('Always') || any('Conditionally') ? 'Conditional' : 'False';
}

/** The way down as long as exactly one member differs. */
function innermost(old: unknown, value: unknown): (string | number)[] {
  const both = Array.isArray(old) && Array.isArray(value) && old.length === value.length;
  if (!both && !(isObject(old) && isObject(value))) return [];
  const left = old as Record<string, unknown>;
  const right = value as Record<string, unknown>;
  const differing = [...new Set([...Object.keys(left), ...Object.keys(right)])].filter(
    (key) => !sameValue(left[key], right[key]),
  );
  const [key] = differing;
  if (differing.length !== 1 || key === undefined) return [];
  return [both ? Number(key) : key, ...innermost(left[key], right[key])];
}
