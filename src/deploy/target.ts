import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { ECRClient } from '@aws-sdk/client-ecr';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Clock } from '../common/clock.ts';

/** The region that a stack goes to: AWS's own, or any endpoint that speaks its API. */
export interface Target {
  readonly cloudformation: CloudFormationClient;
  /** Made only when a template is too large to be sent with the call. */
  readonly s3: () => Promise<{ readonly client: S3Client; readonly bucket: string }>;
  /** Made only when images are published. */
  readonly ecr: () => Promise<ECRClient>;
  /** Made only when services come up: to tell why a task stopped, and what it said. */
  readonly ecs: () => Promise<ECSClient>;
  readonly logs: () => Promise<CloudWatchLogsClient>;
  /** Where the region remembers what a stopped task said last, whatever became of its logs; AWS does not. */
  readonly lastWords?: (
    taskId: string,
  ) => Promise<readonly { readonly container: string; readonly lines: readonly string[] }[]>;
  readonly clock: Clock;
  /** Milliseconds between two looks at a stack: some tens locally, two thousand on AWS, where calls are throttled. */
  readonly pollInterval: number;
}
