import { enacted, type Keys, noticed, refused } from './rule.ts';

const BUILDER = 'the builder has no such option';

/** https://docs.docker.com/reference/compose-file/build/ */
export const BUILD: Keys = {
  context: enacted('the folder that is built'),
  dockerfile: enacted('relative to the context'),
  target: enacted('the stage that is built'),
  args: enacted('build arguments'),
  cache_from: noticed('layers are cached by their inputs'),
  cache_to: noticed('layers are cached by their inputs'),
  no_cache: noticed('layers are cached by their inputs'),
  pull: noticed('a base image is pulled when it is missing'),
  tags: noticed('the image is named by its digest'),
  labels: noticed('labels of the image play no part; use `labels` of the service'),
  provenance: noticed(BUILDER),
  sbom: noticed(BUILDER),
  dockerfile_inline: refused('a Dockerfile is a file', 'write it to a file and name it in `dockerfile`'),
  additional_contexts: refused(BUILDER, 'copy what is needed into the context'),
  entitlements: refused(BUILDER, 'remove it'),
  extra_hosts: refused(BUILDER, 'remove it'),
  isolation: refused(BUILDER, 'remove it'),
  network: refused(BUILDER, 'remove it'),
  platforms: refused(BUILDER, 'write `platform` of the service'),
  privileged: refused(BUILDER, 'remove it'),
  secrets: refused(BUILDER, 'fetch what is secret at run time'),
  shm_size: refused(BUILDER, 'remove it'),
  ssh: refused(BUILDER, 'remove it'),
  ulimits: refused(BUILDER, 'remove it'),
};

/** https://docs.docker.com/reference/compose-file/services/#healthcheck */
export const HEALTHCHECK: Keys = {
  test: enacted('Command of the health check'),
  interval: enacted('5 s to 300 s'),
  timeout: enacted('2 s to 60 s'),
  retries: enacted('1 to 10'),
  start_period: enacted('0 s to 300 s'),
  start_interval: noticed('ECS has one interval'),
  disable: enacted('no health check'),
};

/** https://docs.docker.com/reference/compose-file/services/#long-syntax-4 */
export const PORT: Keys = {
  target: enacted('port of the container'),
  published: enacted('port of the listener'),
  protocol: enacted('tcp'),
  host_ip: enacted('a loopback address: for the peers only'),
  app_protocol: noticed('the load balancer speaks HTTP'),
  mode: noticed('a load balancer stands before all tasks'),
  name: noticed('ports have no names'),
};

const SIZE: Keys = {
  cpus: enacted('size of the task'),
  memory: enacted('size of the task'),
  pids: noticed('Fargate does not limit processes'),
};

const ROLLOUT = 'deployments start new tasks before old ones stop, and roll back when they fail';

/** https://docs.docker.com/reference/compose-file/deploy/ */
export const DEPLOY: Keys = {
  mode: enacted('`replicated` only'),
  replicas: enacted('number of tasks'),
  resources: enacted('size of the task', {
    keys: {
      limits: enacted('size of the task', { keys: SIZE }),
      reservations: enacted('size of the task where there are no limits', {
        keys: {
          cpus: SIZE['cpus'] ?? noticed(''),
          memory: SIZE['memory'] ?? noticed(''),
          devices: refused('Fargate has no devices', 'remove it'),
          generic_resources: refused('Fargate has no generic resources', 'remove it'),
        },
      }),
    },
  }),
  endpoint_mode: noticed('names stand for the addresses of the tasks'),
  labels: noticed('use `labels` of the service'),
  placement: noticed('Fargate spreads tasks over the zones'),
  restart_policy: noticed('ECS replaces every task that stops'),
  rollback_config: noticed(ROLLOUT),
  update_config: noticed(ROLLOUT),
};

/** https://docs.docker.com/reference/compose-file/services/#volumes */
export const VOLUME_MOUNT: Keys = {
  type: enacted('`volume` only'),
  source: enacted('the named volume'),
  target: enacted('where it is mounted'),
  read_only: enacted('ReadOnly of the mount'),
  consistency: noticed('has no meaning here'),
  volume: enacted('options', {
    keys: {
      nocopy: noticed('an empty volume takes what the image has at the path'),
      subpath: refused('a volume is mounted whole', 'remove it'),
      labels: noticed('a volume of a task has no labels'),
    },
  }),
  bind: refused('a task has no files of this machine', 'copy them into the image (COPY in a Dockerfile)'),
  tmpfs: refused('memory file systems are not enacted', 'write to /tmp of the container'),
  image: refused('images are not mounted', 'copy the files in the Dockerfile: COPY --from=IMAGE'),
};
