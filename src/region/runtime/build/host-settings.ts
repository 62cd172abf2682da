import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** What of this machine a RUN step is given, besides its network: nothing else of the host is visible to it. */
export interface HostSettings {
  /** Where npm fetches packages on this machine, without credentials; absent for npm's own default. */
  readonly registry?: string;
  /** A registry that listens on this machine's loopback, which no container reaches. */
  readonly unreachable?: string;
  /** A bundle of authorities that Node trusts on this machine. */
  readonly certificates?: string;
}

/** Where the bundle lies during RUN; the lowest layer has an empty file there. */
export const certificatesPath = '/.fairway/certificates.pem';

export async function readHostSettings(nodePath: string): Promise<HostSettings> {
  const certificates = process.env['NODE_EXTRA_CA_CERTS'];
  const readable = certificates
    ? await access(certificates).then(
        () => true,
        () => false,
      )
    : false;
  const registry = await npmRegistry(nodePath);
  return {
    ...(registry === undefined ? {} : isLoopback(registry) ? { unreachable: registry } : { registry }),
    ...(certificates && readable ? { certificates } : {}),
  };
}

/** Says once in a build what its steps are given. */
export function announcedSettings(
  read: () => Promise<HostSettings>,
  progress: (line: string) => void,
): () => Promise<HostSettings> {
  let announced: Promise<HostSettings> | undefined;
  const announce = async () => {
    const settings = await read();
    const { registry, unreachable, certificates } = settings;
    if (unreachable !== undefined)
      progress(
        `npm's registry ${unreachable} is on this machine's loopback, which a build does not reach: left out`,
      );
    if (registry !== undefined)
      progress(`npm fetches from the registry that is set on this machine: ${registry}`);
    if (certificates !== undefined)
      progress(`Node trusts the extra authorities of this machine: ${certificates}`);
    return settings;
  };
  return () => (announced ??= announce());
}

async function npmRegistry(nodePath: string): Promise<string | undefined> {
  const env = { ...process.env, PATH: `${dirname(nodePath)}:${process.env['PATH'] ?? ''}` };
  const result = await execute('npm', ['config', 'get', 'registry'], { cwd: '/', env }).catch(
    () => undefined,
  );
  return withoutCredentials(result?.stdout.trim() ?? '');
}

const isLoopback = (address: string) => /^(localhost|127\.[\d.]+|\[::1\])$/.test(new URL(address).hostname);

/** Undefined for what is no address of the web, and for the registry that npm uses anyway. */
export function withoutCredentials(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (!/^https?:$/.test(url.protocol) || url.hostname === 'registry.npmjs.org') return undefined;
  url.username = '';
  url.password = '';
  url.search = '';
  return url.href;
}
