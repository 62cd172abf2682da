import type { Resource } from '../template/model.ts';

export const ref = (logicalId: string) => ({ Ref: logicalId });
export const getAtt = (logicalId: string, attribute: string) => ({ 'Fn::GetAtt': [logicalId, attribute] });
export const sub = (text: string) => ({ 'Fn::Sub': text });
/** The name of the region's zone with this index. */
export const zone = (index: number) => ({ 'Fn::Select': [index, { 'Fn::GetAZs': '' }] });

/** Resources by logical id, in the order in which they are to stand in the template. */
export type Resources = Record<string, Resource>;

/** A resource with the line that progress output shows for it. */
export function resource(
  description: string,
  Type: string,
  Properties: Record<string, unknown>,
  more: Pick<Resource, 'DependsOn' | 'DeletionPolicy' | 'UpdateReplacePolicy'> = {},
): Resource {
  return {
    Type,
    ...(more.DependsOn === undefined || more.DependsOn.length === 0 ? {} : { DependsOn: more.DependsOn }),
    ...(more.DeletionPolicy === undefined ? {} : { DeletionPolicy: more.DeletionPolicy }),
    ...(more.UpdateReplacePolicy === undefined ? {} : { UpdateReplacePolicy: more.UpdateReplacePolicy }),
    Metadata: { Fairway: { Description: description } },
    Properties,
  };
}

/** Entries whose value is not undefined. */
export function defined(entries: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}

export const nameTag = (name: string) => [{ Key: 'Name', Value: sub(`\${AWS::StackName}-${name}`) }];
