import type * as sdk from '@aws-sdk/client-ecs';
import type { Handlers } from '../../gateway/types.ts';
import { serviceNotFound } from './errors.ts';
import { page } from './page.ts';
import { breakerThreshold } from './scheduler/circuit-breaker.ts';
import { findService } from './services.ts';
import type { Ecs, Sdk, ServiceDeploymentRecord } from './state.ts';

export function serviceDeploymentHandlers(ecs: Ecs): Handlers<Sdk> {
  const { tables } = ecs;

  /** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html */
  function view(record: ServiceDeploymentRecord): sdk.ServiceDeployment {
    const service = tables.services.get(record.serviceArn);
    const deployment = service?.deployments.find(({ id }) => id === record.deploymentId);
    const { enable = false, rollback = false } = service?.deploymentConfiguration.circuitBreaker ?? {};
    return {
      serviceDeploymentArn: record.arn,
      serviceArn: record.serviceArn,
      clusterArn: record.clusterArn,
      createdAt: record.createdAt,
      startedAt: record.createdAt,
      updatedAt: record.updatedAt,
      finishedAt: record.finishedAt,
      stoppedAt: record.status === 'STOPPED' ? record.finishedAt : undefined,
      status: record.status,
      statusReason: record.statusReason,
      targetServiceRevision: { arn: record.targetRevisionArn },
      sourceServiceRevisions: record.sourceRevisionArns.map((arn) => ({ arn })),
      rollback: record.rollback && {
        reason: record.rollback.reason,
        startedAt: record.rollback.startedAt,
        serviceRevisionArn: record.rollback.revisionArn,
      },
      deploymentConfiguration: { deploymentCircuitBreaker: { enable, rollback } },
      deploymentCircuitBreaker: {
        status: enable ? breakerStatus(record) : 'DISABLED',
        failureCount: deployment?.failedTasks ?? 0,
        threshold: breakerThreshold(service?.desiredCount ?? 0),
      },
    };
  }

  return {
    ListServiceDeployments({ service: wanted = '', cluster, status, createdAt, maxResults, nextToken }) {
      const service = findService(ecs, wanted, cluster);
      if (!service) throw serviceNotFound();
      const matching = [...tables.serviceDeployments.values()]
        .filter(({ serviceArn }) => serviceArn === service.arn)
        .filter((one) => !status?.length || status.includes(one.status))
        .filter((one) => !createdAt?.after || one.createdAt > createdAt.after)
        .filter((one) => !createdAt?.before || one.createdAt < createdAt.before)
        .reverse();
      const { items, next } = page(matching, maxResults ?? 20, nextToken);
      return {
        serviceDeployments: items.map(view).map((one) => ({
          serviceDeploymentArn: one.serviceDeploymentArn,
          serviceArn: one.serviceArn,
          clusterArn: one.clusterArn,
          startedAt: one.startedAt,
          createdAt: one.createdAt,
          finishedAt: one.finishedAt,
          targetServiceRevisionArn: one.targetServiceRevision?.arn,
          status: one.status,
          statusReason: one.statusReason,
        })),
        nextToken: next,
      };
    },
    DescribeServiceDeployments({ serviceDeploymentArns = [] }) {
      const found = serviceDeploymentArns.map((arn) => ({ arn, record: tables.serviceDeployments.get(arn) }));
      return {
        serviceDeployments: found.flatMap(({ record }) => (record ? [view(record)] : [])),
        failures: found.filter(({ record }) => !record).map(({ arn }) => ({ arn, reason: 'MISSING' })),
      };
    },
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeploymentCircuitBreaker.html */
function breakerStatus({
  status,
  rollback,
}: ServiceDeploymentRecord): sdk.ServiceDeploymentRollbackMonitorsStatus {
  if (rollback) return 'TRIGGERED';
  return status === 'IN_PROGRESS' ? 'MONITORING' : 'MONITORING_COMPLETE';
}
