import { enacted, type Keys, noticed, refused } from './rule.ts';
import { ECS_DEPLOY, ECS_PORT, ECS_UPDATE } from './x-aws.ts';

/** https://docs.docker.com/reference/compose-file/services/#healthcheck */
export const HEALTHCHECK: Keys = {
  test: enacted('Command of the health check'),
  interval: enacted('5 s to 300 s; the nearest, and said so, beyond'),
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
  protocol: enacted('tcp or udp'),
  host_ip: enacted('a loopback address: for this machine only, never on AWS'),
  app_protocol: enacted('what is spoken: http, https, tcp …'),
  mode: noticed('a load balancer stands before all tasks'),
  name: noticed('ports have no names'),
  ...ECS_PORT,
};

const SIZE: Keys = {
  cpus: enacted('size of the task'),
  memory: enacted('size of the task'),
  pids: noticed('Fargate does not limit processes'),
};

const ROLLOUT = 'a deployment goes on as tasks become healthy, and is rolled back when they do not';

/** https://docs.docker.com/reference/compose-file/deploy/ */
export const DEPLOY: Keys = {
  mode: enacted('`replicated`; `replicated-job` runs to its end'),
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
  restart_policy: enacted('whether it is started again; wins over `restart`', {
    keys: {
      condition: enacted('none: a task that runs to its end; any: started again'),
      delay: noticed('ECS waits longer after each failure'),
      max_attempts: noticed('ECS stops a deployment that fails again and again'),
      window: noticed('ECS judges by health checks'),
    },
  }),
  update_config: enacted('how many tasks may be missing, or too many, in a deployment', {
    keys: {
      order: enacted('start-first: none is missing; stop-first: none is too many'),
      parallelism: enacted('how many at a time; 0 is all'),
      delay: noticed(ROLLOUT),
      failure_action: noticed(ROLLOUT),
      monitor: noticed(ROLLOUT),
      max_failure_ratio: noticed(ROLLOUT),
      ...ECS_UPDATE,
    },
  }),
  rollback_config: noticed(ROLLOUT),
  ...ECS_DEPLOY,
};

/** https://docs.docker.com/reference/compose-file/services/#volumes */
export const VOLUME_MOUNT: Keys = {
  type: enacted('`volume`, `bind` or `tmpfs`'),
  source: enacted('the named volume, or a file or folder'),
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
  bind: enacted('options', {
    keys: {
      create_host_path: noticed('a folder that is missing is told'),
      propagation: noticed('mounts within a task stay there'),
      recursive: noticed('mounts below it are not mounted'),
      selinux: noticed('labels of SELinux are left alone'),
    },
  }),
  tmpfs: enacted('options', {
    keys: {
      size: enacted('its greatest size'),
      mode: noticed('it is writable for everybody'),
    },
  }),
  image: refused('images are not mounted', 'copy the files in the Dockerfile: COPY --from=IMAGE'),
};

/** https://docs.docker.com/reference/compose-file/develop/ */
export const DEVELOP: Keys = {
  watch: enacted('what happens when a file changes under `fairway up --watch`', {
    each: {
      path: enacted('the file or folder'),
      action: enacted('rebuild, restart, sync, sync+restart or sync+exec'),
      target: enacted('where files are synced to'),
      ignore: enacted('patterns of files that do not count'),
      include: enacted('patterns of files that alone count'),
      initial_sync: enacted('true: synced at the start too'),
      exec: enacted('what sync+exec executes', {
        keys: {
          command: enacted('the command'),
          user: refused('it is executed by the user of the container', 'remove it'),
          privileged: refused('nothing is executed with more privileges', 'remove it'),
          working_dir: refused('it is executed where the container started', 'write `sh -c "cd PATH && …"`'),
          environment: refused('it has the variables of the container', 'write `env NAME=VALUE COMMAND`'),
        },
      }),
    },
  }),
};
