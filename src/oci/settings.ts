import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { InputError } from '../common/problem.ts';
import { credentialFile, type Credentials, type CredentialSource, type RunHelper } from './credentials.ts';
import { noPlaces, type Places } from './endpoints.ts';
import { proxySettings, type ProxySettings } from './proxy.ts';
import { readRegistriesConf, type RegistryEntry } from './registries-conf.ts';
import type { TlsSettings } from './tunnel.ts';

/** How this machine and its user reach registries. */
export interface RegistrySettings {
  readonly places: Places;
  readonly proxies: ProxySettings;
  /** From the first source that has some; undefined: nobody is logged in. */
  credentials(registry: string, repository: string): Promise<Credentials | undefined>;
  readonly tls?: Omit<TlsSettings, 'verify'>;
}

/** Nothing is set: no mirrors, no proxies, nobody logged in. */
export const plainSettings: RegistrySettings = {
  places: noPlaces,
  proxies: {},
  credentials: async () => undefined,
};

/** What is read from, handed in by the edges. */
export interface Machine {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** A file's text; undefined where there is none, or where it may not be read. */
  readFile(path: string): string | undefined;
  /** Names in a folder, in order; none where there is no such folder. */
  listFolder(path: string): readonly string[];
  readonly runHelper: RunHelper;
}

/** Reads what docker and the containers tools have been told. A file that cannot be understood is an InputError. */
export function readRegistrySettings(machine: Machine): RegistrySettings {
  const sources = credentialSources(machine);
  let context: SecureContext | undefined;
  return {
    places: readPlaces(machine),
    proxies: proxySettings(machine.environment),
    async credentials(registry, repository) {
      let trouble: unknown;
      for (const source of sources)
        try {
          const found = await source.find(registry, repository);
          if (found) return found;
        } catch (error) {
          trouble ??= new Error(`${source.name}: ${error instanceof Error ? error.message : String(error)}`, {
            cause: error,
          });
        }
      if (trouble) throw trouble;
      return undefined;
    },
    tls: { trust: () => (context ??= createSecureContext({ ca: [...trusted(machine)] })) },
  };
}

/** Docker's file, then podman's: https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md */
function credentialSources(machine: Machine): readonly CredentialSource[] {
  const { environment, home } = machine;
  const config = environment['XDG_CONFIG_HOME'] || `${home}/.config`;
  const runtime = environment['XDG_RUNTIME_DIR'];
  const files = [
    `${environment['DOCKER_CONFIG'] || `${home}/.docker`}/config.json`,
    ...(environment['REGISTRY_AUTH_FILE']
      ? [environment['REGISTRY_AUTH_FILE']]
      : [...(runtime ? [`${runtime}/containers/auth.json`] : []), `${config}/containers/auth.json`]),
  ];
  return files.flatMap((file) =>
    read(machine, file, (text) => credentialFile(file, text, machine.runHelper)),
  );
}

function readPlaces(machine: Machine): Places {
  const { environment, home } = machine;
  const config = environment['XDG_CONFIG_HOME'] || `${home}/.config`;
  const own = `${config}/containers`;
  const named = environment['CONTAINERS_REGISTRIES_CONF'];
  const main = named ? [named] : [`${own}/registries.conf`, '/etc/containers/registries.conf'];
  const dropIns = named
    ? []
    : ['/etc/containers/registries.conf.d', `${own}/registries.conf.d`].flatMap((folder) =>
        machine
          .listFolder(folder)
          .filter((name) => name.endsWith('.conf'))
          .map((name) => `${folder}/${name}`),
      );
  // The user's own file stands for the machine's; drop-ins come on top, the last one wins.
  const [entries = []] = main.flatMap((file) => read(machine, file, readRegistriesConf));
  const added = dropIns.flatMap((file) => read(machine, file, readRegistriesConf)).flat();
  const byPrefix = new Map<string, RegistryEntry>(
    [...entries, ...added].map((entry) => [entry.prefix, entry]),
  );
  const daemons = [
    '/etc/docker/daemon.json',
    `${config}/docker/daemon.json`,
    `${home}/.docker/daemon.json`,
  ].flatMap((file) => read(machine, file, readDaemon));
  return {
    entries: [...byPrefix.values()],
    hubMirrors: daemons.flatMap(({ mirrors }) => mirrors),
    insecure: daemons.flatMap(({ insecure }) => insecure),
  };
}

/** https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file */
function readDaemon(text: string): {
  readonly mirrors: readonly string[];
  readonly insecure: readonly string[];
} {
  const settings = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const list = (key: string) => {
    const value = settings[key] ?? [];
    if (!Array.isArray(value) || value.some((item) => typeof item !== 'string'))
      throw new Error(`${key} is no list of texts`);
    return value as readonly string[];
  };
  const mirrors = list('registry-mirrors');
  for (const mirror of mirrors)
    if (!URL.canParse(mirror)) throw new Error(`the mirror "${mirror}" is no URL`);
  return { mirrors, insecure: list('insecure-registries') };
}

/** Node has a list of authorities of its own; docker trusts what the machine trusts, and `certs.d` beside it. */
function trusted(machine: Machine): readonly string[] {
  const bundles = [
    machine.environment['SSL_CERT_FILE'],
    '/etc/ssl/certs/ca-certificates.crt',
    '/etc/pki/tls/certs/ca-bundle.crt',
    '/etc/ssl/cert.pem',
  ];
  const bundle = bundles.map((file) => file && machine.readFile(file)).find(Boolean);
  const own = ['/etc/containers/certs.d', '/etc/docker/certs.d'].flatMap((folder) =>
    machine.listFolder(folder).flatMap((host) =>
      machine
        .listFolder(`${folder}/${host}`)
        .filter((name) => name.endsWith('.crt'))
        .flatMap((name) => machine.readFile(`${folder}/${host}/${name}`) ?? []),
    ),
  );
  return [...rootCertificates, ...(bundle ? [bundle] : []), ...own];
}

function read<T>(machine: Machine, file: string, parse: (text: string) => T): readonly T[] {
  const text = machine.readFile(file);
  if (text === undefined || text.trim() === '') return [];
  try {
    return [parse(text)];
  } catch (error) {
    throw new InputError([
      {
        code: 'registry-settings',
        message: `cannot be understood: ${error instanceof Error ? error.message : String(error)}`,
        position: { file, line: 1, column: 1 },
        fix: 'mend the file, or move it away',
      },
    ]);
  }
}
