/** `[registry/]name[:tag][@digest]`, with what Docker leaves out filled in. */
export interface Reference {
  /** `docker.io` where none is written. */
  readonly registry: string;
  /** `library/redis` for `redis`. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** https://github.com/distribution/reference/blob/main/reference.go; undefined when it is none. */
export function parseReference(text: string): Reference | undefined {
  const match =
    /^(?<name>[A-Za-z0-9][\w.:/-]*?)(?::(?<tag>[A-Za-z0-9_][\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/.exec(
      text,
    );
  const { name, tag, digest } = match?.groups ?? {};
  if (!name) return undefined;
  const [first = '', ...rest] = name.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const path = hasRegistry ? rest.join('/') : name;
  if (!/^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/.test(path))
    return undefined;
  const registry = hasRegistry && first !== 'index.docker.io' ? first : 'docker.io';
  return {
    registry,
    repository: registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The short name of an official image (`redis` for `docker.io/library/redis`), else undefined. */
export function officialName({ registry, repository }: Reference): string | undefined {
  const [, name] = /^library\/([^/]+)$/.exec(repository) ?? [];
  // ECR Public mirrors the official images under docker/library.
  const [, mirrored] = /^docker\/library\/([^/]+)$/.exec(repository) ?? [];
  // Valkey publishes under its own name what `library` has of Redis.
  if (registry === 'docker.io') return repository === 'valkey/valkey' ? 'valkey' : name;
  return registry === 'public.ecr.aws' ? mirrored : undefined;
}

/** What is asked of the registry: the digest where there is one, else the tag, else `latest`. */
export const versionOf = ({ tag, digest }: Reference): string => digest ?? tag ?? 'latest';
