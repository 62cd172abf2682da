import { orMissing } from '../engine/failure.ts';
import { changed } from './changes.ts';
import { type Context, resourceType } from './resource-type.ts';
import { finished } from './servicediscovery.ts';

interface Properties {
  readonly InstanceId?: string;
  readonly ServiceId: string;
  readonly InstanceAttributes: Record<string, string>;
}

/** One that exists is replaced, so that registering is both making and updating. https://docs.aws.amazon.com/cloud-map/latest/api/API_RegisterInstance.html */
async function register(context: Context<Properties>): Promise<void> {
  const { ServiceId, InstanceAttributes } = context.properties;
  const { OperationId } = await context.region.api.servicediscovery.RegisterInstance({
    ServiceId,
    InstanceId: context.name,
    Attributes: InstanceAttributes,
    CreatorRequestId: context.token,
  });
  await finished(context, OperationId);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-servicediscovery-instance.html */
export const discoveryInstance = resourceType<Properties>({
  type: 'AWS::ServiceDiscovery::Instance',
  properties: ['InstanceId', 'ServiceId', 'InstanceAttributes'],
  naming: { property: 'InstanceId', limit: 64 },
  async create(context) {
    await register(context);
    return context.name;
  },
  /** Known by the creator request id. */
  async find({ region, properties: { ServiceId }, name, token }) {
    const found = await orMissing(region.api.servicediscovery.GetInstance({ ServiceId, InstanceId: name }));
    return found?.Instance?.CreatorRequestId === token ? name : undefined;
  },
  async sync(existing) {
    if (existing.before && changed(existing, 'InstanceAttributes')) await register(existing);
  },
  async delete(existing) {
    const { region, properties, physicalId } = existing;
    const begun = await orMissing(
      region.api.servicediscovery.DeregisterInstance({
        ServiceId: properties.ServiceId,
        InstanceId: physicalId,
      }),
    );
    if (begun) await finished(existing, begun.OperationId);
  },
});
