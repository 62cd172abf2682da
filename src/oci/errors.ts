import { OperationError } from '../common/problem.ts';
import { TokenRefused } from './authorizer.ts';
import { TransportError, type HttpResponse } from './transport.ts';

export type RegistryErrorCode =
  | 'registry-unreachable'
  | 'registry-stalled'
  | 'registry-denied'
  | 'registry-busy'
  | 'registry-blocked'
  | 'registry-content'
  | 'registry-error';

/** A registry did not do what it was asked to. */
export class RegistryError extends OperationError {
  override readonly code: RegistryErrorCode;
  readonly registry: string;
  readonly repository: string;
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined;
  constructor(
    problem: {
      readonly code: RegistryErrorCode;
      readonly message: string;
      readonly fix?: string | undefined;
      readonly registry: string;
      readonly repository: string;
      readonly status?: number | undefined;
    },
    options?: ErrorOptions,
  ) {
    super(problem, options);
    this.code = problem.code;
    this.registry = problem.registry;
    this.repository = problem.repository;
    this.status = problem.status;
  }
}

export interface Place {
  readonly registry: string;
  readonly repository: string;
}

/** What the body of an error says: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
export function serverMessage(body: string): string | undefined {
  try {
    const { errors, details, message } = JSON.parse(body) as {
      errors?: readonly { code?: string; message?: string }[];
      details?: string;
      message?: string;
    };
    const texts = (errors ?? []).map(({ code, message }) =>
      [code?.toLowerCase(), message].filter(Boolean).join(': '),
    );
    return texts.join('; ') || details || message;
  } catch {
    const text = body.trim();
    return text === '' || text.startsWith('<') ? undefined : text.slice(0, 300);
  }
}

/** An answer that is none of those that were hoped for, in the words of containerd. */
export function refusedBy(
  place: Place,
  method: string,
  { status, statusText, url }: Pick<HttpResponse, 'status' | 'statusText' | 'url'>,
  body: string,
  trouble?: string,
): RegistryError {
  const said = serverMessage(body);
  const server = said === undefined ? '' : `: server message: ${said}`;
  const also = trouble === undefined ? '' : ` (credentials could not be read: ${trouble})`;
  const asked = `unexpected status from ${method} request to ${url.origin}${url.pathname}: ${status} ${statusText}`;
  if (status === 401 || status === 403)
    return new RegistryError({
      ...place,
      code: 'registry-denied',
      status,
      // https://github.com/containerd/containerd/blob/main/core/remotes/docker/resolver.go (ErrInvalidAuthorization)
      message: `${asked}: pull access denied, repository does not exist or may require authorization${server}${also}`,
      fix: loginAdvice(place.registry),
    });
  if (status === 429)
    return new RegistryError({
      ...place,
      code: 'registry-busy',
      status,
      message: `${asked}${server}`,
      fix: `${place.registry} limits how much is pulled: log in (docker login ${hostOf(place.registry)}), wait, or name a mirror in registries.conf`,
    });
  return new RegistryError({ ...place, code: 'registry-error', status, message: `${asked}${server}` });
}

function loginAdvice(registry: string): string {
  const ecr = /^\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(registry);
  return ecr
    ? `log in: aws ecr get-login-password --region ${ecr[1]} | docker login --username AWS --password-stdin ${registry}`
    : `look at the name; if it is private, log in: docker login ${hostOf(registry)}`;
}

const hostOf = (registry: string): string => (registry === 'docker.io' ? '' : registry);

/** What went wrong below HTTP, as an error of the registry; others are passed on. */
export function asRegistryError(place: Place, error: unknown, trouble?: string): unknown {
  if (error instanceof TokenRefused) {
    const { response, body } = error;
    const denied = response.status === 401 || response.status === 403;
    const said = serverMessage(body);
    return new RegistryError(
      {
        ...place,
        code: denied ? 'registry-denied' : response.status === 429 ? 'registry-busy' : 'registry-error',
        status: response.status,
        message: `failed to authorize: ${error.message}${said === undefined ? '' : `: ${said}`}${trouble === undefined ? '' : ` (credentials could not be read: ${trouble})`}`,
        fix: denied ? loginAdvice(place.registry) : undefined,
      },
      { cause: error },
    );
  }
  if (!(error instanceof TransportError)) return error;
  return new RegistryError(
    {
      ...place,
      code: error.failure === 'stalled' ? 'registry-stalled' : 'registry-unreachable',
      message: error.message,
      fix: transportAdvice(place.registry, error),
    },
    { cause: error },
  );
}

function transportAdvice(registry: string, { failure }: TransportError): string {
  switch (failure) {
    case 'unresolved':
    case 'unreachable':
      return `see whether this machine reaches ${registry}; behind a proxy set HTTPS_PROXY, or name a mirror in registries.conf or daemon.json`;
    case 'stalled':
      return `try again; if ${registry} stays silent, name a mirror in registries.conf or daemon.json`;
    case 'untrusted':
      return `trust its certificate (/etc/containers/certs.d/${registry}/ca.crt), or list it as insecure in registries.conf or daemon.json`;
    case 'proxy':
      return 'look at HTTPS_PROXY, HTTP_PROXY and NO_PROXY';
    case 'broken':
      return 'try again';
  }
}
