import { enacted, type Keys, refused } from './rule.ts';

/** `x-aws` at the top level. */
export const PROJECT_SETTINGS: Keys = {
  profile: enacted('affordable (default), balanced or highly-available: what it costs and survives'),
  namespace: enacted('the private DNS zone, `local` by default'),
  log_retention: enacted('days that logs are kept, 14 by default'),
};

const AUTOSCALING: Keys = {
  min: enacted('least number of tasks, 1 by default'),
  max: enacted('greatest number of tasks'),
  cpu: enacted('percent of CPU that is aimed at'),
  memory: enacted('percent of memory that is aimed at'),
  requests: enacted('requests in a minute for each task that are aimed at, behind the load balancer'),
};

/** `x-aws` of a service. */
export const SERVICE_SETTINGS: Keys = {
  calls: enacted('services it connects to: `redis:6379`, or `redis` for all its ports'),
  worker: enacted('true: nothing connects to it'),
  public: enacted('false: `ports` are for its peers only'),
  host: enacted('host names whose requests are its own, where services share a published port'),
  path: enacted('paths whose requests are its own, where services share a published port'),
  health_path: enacted('what the load balancer asks for, `/` by default'),
  cpu: enacted('CPU units of the task: 256 are a quarter of a virtual CPU'),
  memory: enacted('memory of the task: 512 (MiB) or 1g'),
  egress: enacted('TCP ports that it may reach anywhere outside, beside 443'),
  autoscaling: enacted('as `deploy.x-aws-autoscaling`', { keys: AUTOSCALING }),
};

/** `x-aws` of a volume. */
export const VOLUME_SETTINGS: Keys = {
  state: enacted('efs, ebs, managed or ephemeral: what keeps the data on AWS'),
};

/** The retired compose-ecs had these at the top level; docs/ecs-compose-features.md of docker/compose-cli. */
export const ECS_PROJECT: Keys = {
  'x-aws-vpc': enacted('the id of a VPC that is there already'),
  'x-aws-cluster': enacted('the name or ARN of an ECS cluster that is there already'),
  'x-aws-loadbalancer': enacted('the ARN of a load balancer that is there already'),
  'x-aws-logs_retention': enacted('days that logs are kept; as `x-aws: {log_retention}`'),
  'x-aws-cloudformation': enacted('laid over the template'),
};
export const ECS_SERVICE: Keys = {
  'x-aws-pull_credentials': enacted('the ARN of a secret with the credentials of the registry'),
  'x-aws-policies': enacted('ARNs of policies that its task role gets'),
  'x-aws-role': enacted('a policy document that its task role gets'),
};
export const ECS_PORT: Keys = {
  'x-aws-protocol': enacted('as `app_protocol`: http, https, tcp …'),
};
export const ECS_DEPLOY: Keys = {
  'x-aws-autoscaling': enacted('how the number of tasks follows the load', {
    keys: AUTOSCALING,
  }),
};
export const ECS_UPDATE: Keys = {
  'x-aws-min_percent': enacted('MinimumHealthyPercent of deployments'),
  'x-aws-max_percent': enacted('MaximumPercent of deployments'),
};
export const ECS_SECRET: Keys = {
  'x-aws-keys': enacted('keys of a secret in JSON; each is a file of its own'),
};
export const ECS_NETWORK: Keys = {
  'x-aws-securitygroup': refused(
    'each service has a security group of its own',
    'remove it; write x-aws.calls',
  ),
};
