import type { Clock } from '../common/clock.ts';
import type { Credentials } from './credentials.ts';
import { endpointsFor, RegistryBlocked, type Endpoint } from './endpoints.ts';
import { RegistryError } from './errors.ts';
import { createRepository, type RegistryRepository } from './repository.ts';
import { createSession } from './session.ts';
import type { RegistrySettings } from './settings.ts';
import { createTransport } from './transport.ts';

export interface RegistryOptions {
  /** As references name it: `docker.io`, `127.0.0.1:5000`. */
  readonly registry: string;
  /** What this machine and its user have set; read anew for each piece of work, since people log in meanwhile. */
  readonly settings: RegistrySettings;
  readonly clock: Clock;
  /** Instead of those that the settings find. */
  readonly credentials?: Credentials;
  /** `http` where the registry is known to have no TLS. */
  readonly scheme?: 'http' | 'https';
  /** What went wrong with a mirror and was passed over. */
  readonly log?: (message: string) => void;
  readonly stallMilliseconds?: number;
  readonly attempts?: number;
  readonly firstDelay?: number;
}

export interface Registry {
  /** `library/redis`; throws where the machine's settings forbid it. */
  repository(name: string): RegistryRepository;
}

/** A client of the distribution protocol: https://github.com/opencontainers/distribution-spec/blob/main/spec.md */
export function openRegistry(options: RegistryOptions): Registry {
  const { registry, settings, clock, log = () => {} } = options;
  const { stallMilliseconds = 30_000, attempts = 5, firstDelay = 500 } = options;
  const retry = { clock, attempts, firstDelay };
  const transport = createTransport({
    proxies: settings.proxies,
    stallMilliseconds,
    userAgent: 'fairway',
    ...(settings.tls === undefined ? {} : { tls: settings.tls }),
  });
  const repositories = new Map<string, RegistryRepository>();

  function contact(endpoint: Endpoint) {
    const own = endpoint.registry === registry && options.credentials;
    const credentials = async () =>
      own ? own : settings.credentials(endpoint.registry, endpoint.repository);
    return { endpoint, session: createSession({ transport, clock, retry, endpoint, credentials }) };
  }
  function open(name: string): RegistryRepository {
    const place = { registry, repository: name };
    try {
      const endpoints = endpointsFor(settings.places, registry, name).map((endpoint) =>
        options.scheme !== undefined && endpoint.registry === registry
          ? { ...endpoint, origins: [`${options.scheme}://${new URL(endpoint.origins[0]!).host}`] }
          : endpoint,
      );
      return createRepository(place, endpoints.map(contact), retry, log);
    } catch (error) {
      if (!(error instanceof RegistryBlocked)) throw error;
      throw new RegistryError({
        ...place,
        code: 'registry-blocked',
        message: error.message,
        fix: 'lift the block in registries.conf',
      });
    }
  }
  return {
    repository(name) {
      const known = repositories.get(name) ?? open(name);
      repositories.set(name, known);
      return known;
    },
  };
}
