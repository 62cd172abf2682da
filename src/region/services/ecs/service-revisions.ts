import type * as sdk from '@aws-sdk/client-ecs';
import type { Handlers } from '../../gateway/types.ts';
import { invalidParameter } from './errors.ts';
import { deployable } from './service-view.ts';
import type { Ecs, Sdk, ServiceRevisionRecord } from './state.ts';

export function serviceRevisionHandlers({ tables }: Ecs): Handlers<Sdk> {
  /** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRevision.html */
  const view = ({
    arn,
    serviceArn,
    clusterArn,
    revision,
    createdAt,
  }: ServiceRevisionRecord): sdk.ServiceRevision => ({
    serviceRevisionArn: arn,
    serviceArn,
    clusterArn,
    ...deployable(revision),
    loadBalancers: [...revision.loadBalancers],
    serviceRegistries: [...revision.serviceRegistries],
    volumeConfigurations: [...(revision.volumeConfigurations ?? [])],
    containerImages: (tables.taskDefinitions.get(revision.taskDefinitionArn)?.containerDefinitions ?? []).map(
      ({ name, image }) => ({ containerName: name, image }),
    ),
    guardDutyEnabled: false,
    createdAt,
  });

  return {
    /** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceRevisions.html */
    DescribeServiceRevisions({ serviceRevisionArns = [] }) {
      if (serviceRevisionArns.length > 20)
        throw invalidParameter('serviceRevisionArns can have at most 20 items.');
      const found = serviceRevisionArns.map((arn) => ({ arn, record: tables.serviceRevisions.get(arn) }));
      return {
        serviceRevisions: found.flatMap(({ record }) => (record ? [view(record)] : [])),
        failures: found.filter(({ record }) => !record).map(({ arn }) => ({ arn, reason: 'MISSING' })),
      };
    },
  };
}
