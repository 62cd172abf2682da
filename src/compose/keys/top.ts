import { CONFIGS, EXTERNAL, INCLUDE, SECRETS } from './files.ts';
import { enacted, type Keys, noticed, refused } from './rule.ts';
import { SERVICE } from './service.ts';
import { ECS_NETWORK, ECS_PROJECT, PROJECT_SETTINGS, VOLUME_SETTINGS } from './x-aws.ts';

const NETWORK: Keys = {
  name: noticed('the security groups are named by CloudFormation'),
  driver: noticed('the network is the VPC'),
  driver_opts: noticed('the network is the VPC'),
  attachable: noticed('the network is the VPC'),
  enable_ipv4: noticed('the VPC has IPv4'),
  enable_ipv6: noticed('the VPC has no IPv6'),
  ipam: noticed('the addresses are those of the VPC'),
  labels: noticed('a compose network is no resource of its own on AWS'),
  internal: noticed('tasks may reach port 443 outside, where images come from; nothing outside reaches them'),
  external: refused(
    'a network of another project cannot be joined',
    'remove it: services of this project share the network, those of others are out of reach',
  ),
  ...ECS_NETWORK,
};

const VOLUME: Keys = {
  name: enacted('what the volume is called outside of the project'),
  driver: enacted('`local` only'),
  driver_opts: enacted('options of an EFS file system; {type: none, o: bind, device} or {type: tmpfs}'),
  external: enacted('an EFS file system that is there already; `name` is its id', EXTERNAL),
  labels: noticed('a volume of a task has no labels'),
  'x-aws': enacted("Fairway's own settings", { keys: VOLUME_SETTINGS }),
};

/** The top level: https://docs.docker.com/reference/compose-file/ */
export const TOP: Keys = {
  name: enacted('the project and its stack'),
  services: enacted('one ECS service each', { each: SERVICE }),
  networks: enacted('services that share none do not see each other', { each: NETWORK }),
  volumes: enacted('volumes that outlive a container', { each: VOLUME }),
  configs: enacted('files that services are granted', { each: CONFIGS }),
  secrets: enacted('secret files that services are granted', { each: SECRETS }),
  include: enacted('other projects, read as part of this one', { each: INCLUDE }),
  'x-aws': enacted("Fairway's own settings", { keys: PROJECT_SETTINGS }),
  ...ECS_PROJECT,
  version: noticed('the specification has no versions any more; remove it'),
  models: refused('models are not enacted', 'call a model server by its address'),
};
