/** What names a scalable target; its `Ref` is the three of them. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-applicationautoscaling-scalabletarget.html */
export interface Scalable {
  readonly ResourceId: string;
  readonly ScalableDimension: 'ecs:service:DesiredCount';
  readonly ServiceNamespace: 'ecs';
}

export const scalableId = ({ ResourceId, ScalableDimension, ServiceNamespace }: Scalable): string =>
  `${ResourceId}|${ScalableDimension}|${ServiceNamespace}`;

/** The service itself says what is wrong with values that are none of its own. */
export function scalableOf(id: string): Scalable {
  const [ResourceId, ScalableDimension, ServiceNamespace] = id.split('|');
  return { ResourceId, ScalableDimension, ServiceNamespace } as Scalable;
}
