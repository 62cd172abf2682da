import { enacted, type Keys, noticed, refused } from './rule.ts';
import { SERVICE } from './service.ts';
import { PROJECT_SETTINGS } from './x-aws.ts';

const NETWORK: Keys = {
  name: noticed('the security groups are named by CloudFormation'),
  driver: noticed('the network is the VPC'),
  driver_opts: noticed('the network is the VPC'),
  attachable: noticed('the network is the VPC'),
  enable_ipv4: noticed('the VPC has IPv4'),
  labels: noticed('a compose network is no resource of its own on AWS'),
  enable_ipv6: refused('the VPC has no IPv6', 'remove it'),
  ipam: refused('the addresses are those of the VPC, 10.0.0.0/16', 'remove it'),
  internal: refused(
    'tasks need a way out to pull their image',
    'remove it; nothing outside can connect to a service without `ports` anyway',
  ),
  external: refused('a network of another project cannot be joined', 'remove it'),
};

const VOLUME: Keys = {
  name: enacted('what the volume is called outside of the project'),
  driver: enacted('`local` only'),
  labels: noticed('a volume of a task has no labels'),
  driver_opts: refused('a volume of a task has no options', 'remove it'),
  external: refused('a volume of another project cannot be joined', 'remove it, or set `name`'),
};

/** The top level: https://docs.docker.com/reference/compose-file/ */
export const TOP: Keys = {
  name: enacted('the project and its stack'),
  services: enacted('one ECS service each', { each: SERVICE }),
  networks: enacted('services that share none do not see each other', { each: NETWORK }),
  volumes: enacted('volumes that outlive a container', { each: VOLUME }),
  'x-aws': enacted("Fairway's own settings", { keys: PROJECT_SETTINGS }),
  version: noticed('the specification has no versions any more; remove it'),
  include: refused('included files are not read', 'give the files one by one with -f'),
  configs: refused('configs are not enacted', 'copy the file into the image, or use `environment`'),
  secrets: refused('secrets are not enacted', 'use `environment` with a variable from .env'),
  models: refused('models are not enacted', 'remove it'),
};
