import type * as sdk from '@aws-sdk/client-servicediscovery';
import { ApiError } from '../../gateway/api-error.ts';
import type { Handlers } from '../../gateway/types.ts';
import { checkAttributes } from './attributes.ts';
import { record } from './operations.ts';
import { page } from './page.ts';
import { findService } from './services.ts';
import type { Context, InstanceRecord, ServiceRecord } from './state.ts';

type Sdk = typeof sdk;

export function instanceHandlers(context: Context): Handlers<Sdk> {
  const { region, tables } = context;
  const instancesOf = ({ id }: ServiceRecord) =>
    [...tables.instances.values()].filter(({ serviceId }) => serviceId === id);
  const find = (service: ServiceRecord, id: string | undefined): InstanceRecord => {
    const instance = tables.instances.get(`${service.id}/${id}`);
    if (!instance)
      throw new ApiError('InstanceNotFound', `Instance with ID ${id} is not found in service ${service.id}.`);
    return instance;
  };
  const status = (service: ServiceRecord, { healthy }: InstanceRecord): sdk.HealthStatus =>
    service.customHealth ? (healthy ? 'HEALTHY' : 'UNHEALTHY') : 'UNKNOWN';

  return {
    /** An id that exists is replaced. https://docs.aws.amazon.com/cloud-map/latest/api/API_RegisterInstance.html */
    RegisterInstance({ ServiceId, InstanceId = '', Attributes = {}, CreatorRequestId }) {
      const service = findService(context, ServiceId);
      const { AWS_INIT_HEALTH_STATUS: initial, ...attributes } = Attributes;
      checkAttributes(service, InstanceId, attributes, initial);
      tables.instances.put(`${service.id}/${InstanceId}`, {
        id: InstanceId,
        serviceId: service.id,
        attributes,
        // https://docs.aws.amazon.com/cloud-map/latest/api/API_HealthCheckCustomConfig.html: healthy until told otherwise
        healthy: initial !== 'UNHEALTHY',
        creatorRequestId: CreatorRequestId,
      });
      tables.services.patch(service.id, { revision: service.revision + 1 });
      const targets = { INSTANCE: InstanceId, SERVICE: service.id };
      return { OperationId: record(context, { type: 'REGISTER_INSTANCE', targets }) };
    },
    DeregisterInstance({ ServiceId, InstanceId }) {
      const service = findService(context, ServiceId);
      const { id } = find(service, InstanceId);
      tables.instances.delete(`${service.id}/${id}`);
      tables.services.patch(service.id, { revision: service.revision + 1 });
      const targets = { INSTANCE: id, SERVICE: service.id };
      return { OperationId: record(context, { type: 'DEREGISTER_INSTANCE', targets }) };
    },
    /** https://docs.aws.amazon.com/cloud-map/latest/api/API_UpdateInstanceCustomHealthStatus.html */
    UpdateInstanceCustomHealthStatus({ ServiceId, InstanceId, Status }) {
      const service = findService(context, ServiceId);
      const { id, healthy } = find(service, InstanceId);
      if (!service.customHealth)
        throw new ApiError('CustomHealthNotFound', `Service ${service.id} has no custom health check.`);
      if (Status !== 'HEALTHY' && Status !== 'UNHEALTHY')
        throw new ApiError('InvalidInput', `Status ${Status} is neither HEALTHY nor UNHEALTHY.`);
      if (healthy !== (Status === 'HEALTHY'))
        tables.instances.patch(`${service.id}/${id}`, { healthy: Status === 'HEALTHY' });
      return {};
    },
    GetInstance({ ServiceId, InstanceId }) {
      const { id, attributes, creatorRequestId } = find(findService(context, ServiceId), InstanceId);
      return {
        ResourceOwner: region.identity.accountId,
        Instance: { Id: id, Attributes: { ...attributes }, CreatorRequestId: creatorRequestId },
      };
    },
    ListInstances({ ServiceId, MaxResults, NextToken }) {
      const { items, next } = page(
        instancesOf(findService(context, ServiceId)),
        MaxResults ?? 100,
        NextToken,
      );
      return {
        ResourceOwner: region.identity.accountId,
        Instances: items.map(({ id, attributes }) => ({ Id: id, Attributes: { ...attributes } })),
        NextToken: next,
      };
    },
    GetInstancesHealthStatus({ ServiceId, Instances, MaxResults, NextToken }) {
      const service = findService(context, ServiceId);
      const wanted = Instances?.map((id) => find(service, id)) ?? instancesOf(service);
      const { items, next } = page(wanted, MaxResults ?? 100, NextToken);
      return {
        Status: Object.fromEntries(items.map((instance) => [instance.id, status(service, instance)])),
        NextToken: next,
      };
    },
  };
}
