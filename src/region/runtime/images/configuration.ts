import type { ImageConfiguration } from '../../../oci/model.ts';
import type { ImageConfig } from '../runtime.ts';

type Container = NonNullable<ImageConfiguration['config']>;

/** What an image says of how it wants to run: https://github.com/opencontainers/image-spec/blob/main/config.md#properties */
export function toImageConfig({ config = {} }: ImageConfiguration): ImageConfig {
  const { Entrypoint, Cmd, WorkingDir, User, StopSignal, Healthcheck, Labels, OnBuild, Shell } = config;
  const test = Healthcheck?.Test;
  return {
    ...(Entrypoint?.length ? { entrypoint: Entrypoint } : {}),
    ...(Cmd?.length ? { command: Cmd } : {}),
    environment: Object.fromEntries((config.Env ?? []).map(variable)),
    ...(WorkingDir ? { workingDirectory: WorkingDir } : {}),
    ...(User ? { user: User } : {}),
    exposedPorts: Object.keys(config.ExposedPorts ?? {}).flatMap(exposedPort),
    ...(StopSignal ? { stopSignal: StopSignal } : {}),
    ...(Healthcheck && test?.length ? { healthCheck: { test, ...periods(Healthcheck) } } : {}),
    volumes: Object.keys(config.Volumes ?? {}),
    ...(Labels && Object.keys(Labels).length > 0 ? { labels: Labels } : {}),
    ...(OnBuild?.length ? { onBuild: OnBuild } : {}),
    ...(Shell?.length ? { shell: Shell } : {}),
  };
}

export function fromImageConfig(config: ImageConfig): Container {
  const { entrypoint, command, workingDirectory, user, stopSignal, healthCheck, labels, onBuild, shell } =
    config;
  const set = (names: readonly string[]) => Object.fromEntries([...names].sort().map((name) => [name, {}]));
  return {
    ...(user === undefined ? {} : { User: user }),
    ...(config.exposedPorts.length > 0
      ? { ExposedPorts: set(config.exposedPorts.map(({ port, protocol }) => `${port}/${protocol}`)) }
      : {}),
    Env: Object.entries(config.environment).map(([name, value]) => `${name}=${value}`),
    ...(entrypoint === undefined ? {} : { Entrypoint: entrypoint }),
    ...(command === undefined ? {} : { Cmd: command }),
    ...(config.volumes.length > 0 ? { Volumes: set(config.volumes) } : {}),
    ...(workingDirectory === undefined ? {} : { WorkingDir: workingDirectory }),
    ...(labels === undefined ? {} : { Labels: labels }),
    ...(stopSignal === undefined ? {} : { StopSignal: stopSignal }),
    ...(onBuild === undefined ? {} : { OnBuild: onBuild }),
    ...(shell === undefined ? {} : { Shell: shell }),
    ...(healthCheck === undefined
      ? {}
      : {
          Healthcheck: {
            Test: healthCheck.test,
            ...nanoseconds('Interval', healthCheck.intervalSeconds),
            ...nanoseconds('Timeout', healthCheck.timeoutSeconds),
            ...nanoseconds('StartPeriod', healthCheck.startPeriodSeconds),
            ...(healthCheck.retries === undefined ? {} : { Retries: healthCheck.retries }),
          },
        }),
  };
}

function variable(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** `6379/tcp`; sctp, which no load balancer of AWS carries, is left out. */
function exposedPort(text: string): ImageConfig['exposedPorts'] {
  const [, port, protocol = 'tcp'] = /^(\d+)(?:\/(\w+))?$/.exec(text) ?? [];
  return port !== undefined && (protocol === 'tcp' || protocol === 'udp')
    ? [{ port: Number(port), protocol }]
    : [];
}

/** Nothing and zero both mean the default. */
function periods(
  check: NonNullable<Container['Healthcheck']>,
): Omit<NonNullable<ImageConfig['healthCheck']>, 'test'> {
  return {
    ...(check.Interval ? { intervalSeconds: check.Interval / 1e9 } : {}),
    ...(check.Timeout ? { timeoutSeconds: check.Timeout / 1e9 } : {}),
    ...(check.StartPeriod ? { startPeriodSeconds: check.StartPeriod / 1e9 } : {}),
    ...(check.Retries ? { retries: check.Retries } : {}),
  };
}

const nanoseconds = (name: string, seconds: number | undefined) =>
  seconds === undefined ? {} : { [name]: Math.round(seconds * 1e9) };
