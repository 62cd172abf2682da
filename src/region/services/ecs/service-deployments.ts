import type * as sdk from '@aws-sdk/client-ecs';
import type { Handlers } from '../../gateway/types.ts';
import { ApiError } from '../../gateway/api-error.ts';
import { invalidParameter, serviceNotFound } from './errors.ts';
import { page } from './page.ts';
import { breakerThreshold } from './scheduler/circuit-breaker.ts';
import { changeServiceDeployment, isFinished } from './scheduler/rollout.ts';
import { viewConfiguration } from './service-view.ts';
import { findService } from './services.ts';
import type { Ecs, FailureCause, Sdk, ServiceDeploymentRecord } from './state.ts';

export function serviceDeploymentHandlers(ecs: Ecs): Handlers<Sdk> {
  const { tables } = ecs;

  /** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html */
  function view(record: ServiceDeploymentRecord): sdk.ServiceDeployment {
    const service = tables.services.get(record.serviceArn);
    const deployment = service?.deployments.find(({ id }) => id === record.deploymentId);
    const configuration = record.configuration ?? service?.deploymentConfiguration;
    const { enable = false, threshold } = configuration?.circuitBreaker ?? {};
    const { alarms } = configuration ?? {};
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
      deploymentConfiguration: configuration && viewConfiguration(configuration),
      deploymentCircuitBreaker: {
        status: enable ? monitorStatus(record, 'circuit breaker') : 'DISABLED',
        failureCount: record.failure?.failedTasks ?? deployment?.failedTasks ?? 0,
        threshold: breakerThreshold(service?.desiredCount ?? 0, threshold),
      },
      alarms: {
        status: alarms?.enable ? monitorStatus(record, 'alarm') : 'DISABLED',
        alarmNames: [...(alarms?.alarmNames ?? [])],
        triggeredAlarmNames: [...(record.triggeredAlarms ?? [])],
      },
    };
  }

  return {
    /** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServiceDeployments.html */
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
    /** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceDeployments.html */
    DescribeServiceDeployments({ serviceDeploymentArns = [] }) {
      if (serviceDeploymentArns.length > 20)
        throw invalidParameter('serviceDeploymentArns can have at most 20 items.');
      const found = serviceDeploymentArns.map((arn) => ({ arn, record: tables.serviceDeployments.get(arn) }));
      return {
        serviceDeployments: found.flatMap(({ record }) => (record ? [view(record)] : [])),
        failures: found.filter(({ record }) => !record).map(({ arn }) => ({ arn, reason: 'MISSING' })),
      };
    },
    /**
     * Rolls back, whatever the deployment's configuration says; what is on its way back already stays on it.
     * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stop-service-deployment.html
     */
    StopServiceDeployment({ serviceDeploymentArn: arn = '', stopType = 'ROLLBACK' }) {
      const record = tables.serviceDeployments.get(arn);
      if (!record) throw new ApiError('ServiceDeploymentNotFoundException', 'Service deployment not found.');
      if (stopType !== 'ROLLBACK')
        throw invalidParameter(`stopType ${stopType} is not supported; the valid value is ROLLBACK.`);
      if (isFinished(record))
        throw new ApiError('ConflictException', `The service deployment is ${record.status} already.`, 400, {
          resourceIds: [arn],
        });
      if (record.status !== 'ROLLBACK_IN_PROGRESS') {
        changeServiceDeployment(ecs, arn, 'ROLLBACK_REQUESTED');
        // What the scheduler watches.
        tables.services.patch(record.serviceArn, {});
      }
      return { serviceDeploymentArn: arn };
    },
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeploymentCircuitBreaker.html */
function monitorStatus(
  record: ServiceDeploymentRecord,
  cause: FailureCause,
): sdk.ServiceDeploymentRollbackMonitorsStatus {
  if (record.failure?.cause === cause) return 'TRIGGERED';
  return isFinished(record) || record.failure ? 'MONITORING_COMPLETE' : 'MONITORING';
}
