import { randomBytes, randomInt } from 'node:crypto';
import type { Identity } from '../../region.ts';

const digits = (length: number): string =>
  String(randomInt(1, 10)) + Array.from({ length: length - 1 }, () => randomInt(10)).join('');

/** 32 hex digits. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html */
export const newTaskId = (): string => randomBytes(16).toString('hex');
/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html */
export const newDeploymentId = (): string => `ecs-svc/${digits(19)}`;
/** Fargate names containers by their task. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html */
export const newRuntimeId = (taskId: string): string => `${taskId}-${digits(10)}`;
export const newRevisionId = (): string => digits(19);
export const newServiceDeploymentId = (): string => randomBytes(16).toString('base64url').slice(0, 21);

/** ARNs of one region's ECS. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
export interface Arns {
  cluster(name: string): string;
  service(cluster: string, name: string): string;
  task(cluster: string, id: string): string;
  taskDefinition(family: string, revision: number): string;
  container(cluster: string, taskId: string, id: string): string;
  attachment(id: string): string;
  containerInstance(cluster: string, id: string): string;
  serviceDeployment(cluster: string, service: string, id: string): string;
  serviceRevision(cluster: string, service: string, id: string): string;
}

export function createArns({ partition, region, accountId }: Identity): Arns {
  const arn = (...path: readonly string[]) => `arn:${partition}:ecs:${region}:${accountId}:${path.join('/')}`;
  return {
    cluster: (name) => arn('cluster', name),
    service: (cluster, name) => arn('service', cluster, name),
    task: (cluster, id) => arn('task', cluster, id),
    taskDefinition: (family, revision) => `${arn('task-definition', family)}:${revision}`,
    container: (cluster, taskId, id) => arn('container', cluster, taskId, id),
    containerInstance: (cluster, id) => arn('container-instance', cluster, id),
    attachment: (id) => arn('attachment', id),
    serviceDeployment: (cluster, service, id) => arn('service-deployment', cluster, service, id),
    serviceRevision: (cluster, service, id) => arn('service-revision', cluster, service, id),
  };
}

/** The last part of an ARN or of a path; a bare name is itself. */
export const nameOf = (nameOrArn: string): string => nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);
/** `…:service/CLUSTER/NAME`, `…:task/CLUSTER/ID` → CLUSTER. */
export const clusterOf = (arn: string): string => arn.split('/')[1] ?? '';
