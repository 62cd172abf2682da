import type { FailureCause } from '../state.ts';

/** How AWS tells of a deployment that failed. */
interface Words {
  /** Of the service's event, after `deployment failed: `. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html */
  readonly event: string;
  /** The failed deployment's `rolloutStateReason`. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html */
  readonly failed: string;
  /** The same of the deployment that it is rolled back to. */
  readonly rollingBack: (id: string) => string;
  /** `statusReason` of the service deployment. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html */
  readonly rolledBack: string;
  readonly stopped: string;
}

export const failureWords: Readonly<Record<FailureCause, Words>> = {
  'circuit breaker': {
    event: 'tasks failed to start.',
    failed: 'ECS deployment circuit breaker: tasks failed to start.',
    rollingBack: (id) => `ECS deployment circuit breaker: rolling back to deploymentId ${id}.`,
    rolledBack: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
    stopped: 'Service deployment stopped because the circuit breaker threshold was exceeded.',
  },
  alarm: {
    event: 'alarm detected.',
    failed: 'ECS deployment alarm: alarm detected.',
    rollingBack: (id) => `ECS deployment alarm: rolling back to deploymentId ${id}.`,
    rolledBack: 'Service deployment rolled back because an alarm was detected.',
    stopped: 'Service deployment stopped because an alarm was detected.',
  },
  request: {
    event: 'stopped by request.',
    failed: 'ECS deployment stopped by request.',
    rollingBack: (id) => `ECS deployment stopped by request: rolling back to deploymentId ${id}.`,
    rolledBack: 'Service deployment rolled back because it was requested.',
    stopped: 'Service deployment stopped because it was requested.',
  },
};

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-failure-detection.html: a rollback needs a COMPLETED deployment */
export const noCandidate = 'No rollback candidate was found to run the rollback.';
