/**
 * Variables that would change the programs which start the container, or that no shell can hold: given to the program alone, after
 * privileges are dropped. All others go by the environment, which other users of the machine cannot read.
 */
const late =
  /^(LD_|GLIBC_|MALLOC_|LOC|NLS|GCONV_|BASH|SHELLOPTS$|UID$|EUID$|PPID$|OPTIND$|IFS$|ENV$|fairway_|FAIRWAY_)/;

export interface PassedEnvironment {
  /** For the launching process. */
  readonly env: Readonly<Record<string, string>>;
  readonly count: number;
  /** Arguments for env(1). */
  readonly late: readonly string[];
}

export function passEnvironment(environment: Readonly<Record<string, string>>): PassedEnvironment {
  const early: string[] = [];
  const later: string[] = [];
  for (const [name, value] of Object.entries(environment)) {
    const fits = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !late.test(name);
    (fits ? early : later).push(`${name}=${value}`);
  }
  return {
    env: Object.fromEntries(early.map((entry, index) => [`FAIRWAY_ENV_${index}`, entry])),
    count: early.length,
    late: later,
  };
}

/** What docker puts in where neither image nor task says it: https://docs.docker.com/reference/cli/docker/container/run/#env */
export function containerEnvironment(
  given: Readonly<Record<string, string>>,
  hostname: string,
  home: string,
): Readonly<Record<string, string>> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOSTNAME: hostname,
    HOME: home,
    ...given,
  };
}
