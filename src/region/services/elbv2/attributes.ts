import { notEnacted, validation } from './errors.ts';

/** An attribute of a load balancer or target group: its default, and what the local region enacts. */
export interface AttributeKind {
  readonly default: string;
  /** Values that AWS takes. */
  readonly valid: (value: string) => boolean;
  /** Values that change nothing here beyond what is done anyway; absent: all valid ones are enacted. */
  readonly enacted?: (value: string) => boolean;
}
export type AttributeKinds = Readonly<Record<string, AttributeKind>>;

/** `before` with the attributes given; what AWS does not know or the local region does not do is refused. */
export function changedAttributes(
  kinds: AttributeKinds,
  before: Readonly<Record<string, string>>,
  given: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[],
): Record<string, string> {
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyLoadBalancerAttributes.html
  if (given.length > 20) throw validation('The maximum number of attributes is 20');
  const after: Record<string, string> = { ...before };
  for (const { Key = '', Value = '' } of given) {
    const kind = Object.hasOwn(kinds, Key) ? kinds[Key] : undefined;
    if (!kind) throw validation(`Attribute key '${Key}' is not recognized`);
    if (!kind.valid(Value)) throw validation(`'${Value}' is not a valid value for attribute '${Key}'`);
    if (Value !== kind.default && kind.enacted && !kind.enacted(Value))
      throw notEnacted(`Attribute ${Key} with value '${Value}'`);
    after[Key] = Value;
  }
  return after;
}

export const allAttributes = (
  kinds: AttributeKinds,
  set: Readonly<Record<string, string>>,
): { Key: string; Value: string }[] =>
  Object.entries(kinds).map(([Key, kind]) => ({ Key, Value: set[Key] ?? kind.default }));
