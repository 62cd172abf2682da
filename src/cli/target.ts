import { CloudFormationClient, type CloudFormationClientConfig } from '@aws-sdk/client-cloudformation';
import { Agent } from 'node:http';
import { systemClock } from '../common/clock.ts';
import { InputError, OperationError } from '../common/problem.ts';
import type { Target } from '../deploy/target.ts';
import type { Connection } from '../region/process/connect.ts';
import { lastWords } from '../region/process/control-calls.ts';

const LOCAL_POLL_MS = 40;
/** CloudFormation throttles its Describe calls per account; the aws CLI's waiters look far less often still. */
const REMOTE_POLL_MS = 2_000;

/** The local region, through its socket. */
export function localTarget({ control, info }: Connection): Target {
  const settings = {
    region: info.region,
    endpoint: 'http://localhost',
    credentials: { accessKeyId: 'fairway', secretAccessKey: 'fairway' },
    // The agent's own options win over the host and port of the endpoint.
    requestHandler: { httpAgent: new Agent({ keepAlive: true, socketPath: control.socketPath } as object) },
  };
  return {
    cloudformation: new CloudFormationClient(settings),
    ...clients(settings),
    async s3() {
      const { S3Client } = await import('@aws-sdk/client-s3');
      return {
        client: new S3Client({ ...settings, forcePathStyle: true }),
        bucket: `fairway-${info.accountId}-${info.region}`,
      };
    },
    lastWords: (taskId) => lastWords(control, taskId),
    clock: systemClock,
    pollInterval: LOCAL_POLL_MS,
  };
}

/** Clients that are loaded when they are wanted first. */
const clients = (settings: CloudFormationClientConfig): Pick<Target, 'ecr' | 'ecs' | 'logs'> => ({
  async ecr() {
    const { ECRClient } = await import('@aws-sdk/client-ecr');
    return new ECRClient(settings);
  },
  async ecs() {
    const { ECSClient } = await import('@aws-sdk/client-ecs');
    return new ECSClient(settings);
  },
  async logs() {
    const { CloudWatchLogsClient } = await import('@aws-sdk/client-cloudwatch-logs');
    return new CloudWatchLogsClient(settings);
  },
});

export interface RemoteOptions {
  readonly region: string | undefined;
  readonly endpointUrl: string | undefined;
}

/** AWS, with the credentials and the region that the aws CLI would use, or another endpoint that speaks its API. */
export async function remoteTarget({ region, endpointUrl }: RemoteOptions): Promise<Target> {
  const settings = {
    ...(region === undefined ? {} : { region }),
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
  };
  if (endpointUrl !== undefined && !URL.canParse(endpointUrl))
    throw new InputError([
      {
        code: 'usage',
        message: `the endpoint "${endpointUrl}" is no URL`,
        fix: 'write --endpoint-url http://127.0.0.1:4566',
      },
    ]);
  const cloudformation = new CloudFormationClient(settings);
  const where = await cloudformation.config.region().catch(() => undefined);
  if (!where)
    throw new OperationError({
      code: 'no-region',
      message: 'no AWS region is set',
      fix: 'give --region NAME, or set AWS_REGION, or write it into ~/.aws/config (aws configure)',
    });
  await cloudformation.config.credentials().catch((error: Error) => {
    throw new OperationError({
      code: 'no-credentials',
      message: `no AWS credentials were found: ${error.message}`,
      fix: 'sign in as for the aws CLI: aws configure, aws sso login, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    });
  });
  return {
    cloudformation,
    ...clients(settings),
    async s3() {
      const [{ S3Client }, { STSClient, GetCallerIdentityCommand }] = await Promise.all([
        import('@aws-sdk/client-s3'),
        import('@aws-sdk/client-sts'),
      ]);
      const { Account } = await new STSClient(settings).send(new GetCallerIdentityCommand({}));
      return {
        client: new S3Client({ ...settings, forcePathStyle: endpointUrl !== undefined }),
        bucket: `fairway-${Account}-${where}`,
      };
    },
    clock: systemClock,
    pollInterval: endpointUrl !== undefined && isLoopback(endpointUrl) ? LOCAL_POLL_MS : REMOTE_POLL_MS,
  };
}

export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname.startsWith('127.') || hostname === '[::1]';
}
