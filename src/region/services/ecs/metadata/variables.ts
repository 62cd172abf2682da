import type { TaskRecord } from '../state.ts';

/** Variables that lead a container's SDKs and agents to the endpoint. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html */
export const metadataVariables = (
  { credentialsId }: Pick<TaskRecord, 'credentialsId'>,
  runtimeId: string,
  hasRole: boolean,
): Readonly<Record<string, string>> => ({
  ECS_CONTAINER_METADATA_URI_V4: `http://169.254.170.2/v4/${runtimeId}`,
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
  ECS_AGENT_URI: `http://169.254.170.2/api/${runtimeId}`,
  // Only where there is a task role: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
  ...(hasRole && credentialsId
    ? { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: `/v2/credentials/${credentialsId}` }
    : {}),
});
