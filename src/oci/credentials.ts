/** How a user shows a registry who they are. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** An identity token of OAuth 2: https://distribution.github.io/distribution/spec/auth/oauth/ */
  | { readonly kind: 'refresh'; readonly token: string }
  | { readonly kind: 'bearer'; readonly token: string };

export interface CredentialSource {
  /** Where it was looked up, for messages. */
  readonly name: string;
  /** Of a registry (`docker.io`, `ghcr.io:443`) and a repository in it; undefined where this source has none. */
  find(registry: string, repository: string): Promise<Credentials | undefined>;
}

/** Runs `docker-credential-NAME get` with the server on its input; gives its output, or throws with what it said. */
export type RunHelper = (name: string, input: string) => Promise<string>;

/** https://docs.docker.com/reference/cli/docker/#docker-cli-configuration-file-configjson-properties */
interface DockerConfig {
  readonly auths?: Readonly<Record<string, AuthEntry>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}
interface AuthEntry {
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

/** Docker Hub's key, from before registries had host names. */
const HUB_KEY = 'https://index.docker.io/v1/';

/** What docker's `config.json` and podman's `auth.json` hold, their credential helpers asked. */
export function credentialFile(name: string, text: string, runHelper: RunHelper): CredentialSource {
  const { auths = {}, credsStore, credHelpers = {} } = JSON.parse(text) as DockerConfig;
  const entries = new Map(Object.entries(auths).map(([key, entry]) => [normalize(key), entry]));
  const helpers = new Map(Object.entries(credHelpers).map(([key, helper]) => [normalize(key), helper]));
  return {
    name,
    async find(registry, repository) {
      const server = registry === 'docker.io' ? HUB_KEY : registry;
      const keys = keysOf(registry, repository);
      const helper = keys.map((key) => helpers.get(key)).find(Boolean) ?? credsStore;
      if (helper) {
        const found = await askHelper(helper, server, runHelper);
        if (found) return found;
      }
      for (const key of keys) {
        const found = readEntry(entries.get(key));
        if (found) return found;
      }
      return undefined;
    },
  };
}

/** `quay.io/org/app`, `quay.io/org`, `quay.io`: https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md */
function keysOf(registry: string, repository: string): readonly string[] {
  const parts = `${registry}/${repository}`.split('/');
  return parts.map((_part, index) => parts.slice(0, parts.length - index).join('/'));
}

/** `https://ghcr.io/v2/` and `ghcr.io` are one. */
function normalize(key: string): string {
  const bare = key.replace(/^https?:\/\//, '').replace(/\/+$/, '');
  if (/^(?:index\.docker\.io|registry-1\.docker\.io|docker\.io)(?:\/v[12])?$/.test(bare)) return 'docker.io';
  return bare.replace(/\/v[12]$/, '');
}

function readEntry(entry: AuthEntry | undefined): Credentials | undefined {
  if (!entry) return undefined;
  if (entry.registrytoken) return { kind: 'bearer', token: entry.registrytoken };
  if (entry.identitytoken) return { kind: 'refresh', token: entry.identitytoken };
  if (entry.auth) {
    const pair = Buffer.from(entry.auth, 'base64').toString('utf8').replace(/\0+$/, '');
    const colon = pair.indexOf(':');
    if (colon > 0)
      return { kind: 'password', username: pair.slice(0, colon), password: pair.slice(colon + 1) };
  }
  return entry.username && entry.password
    ? { kind: 'password', username: entry.username, password: entry.password }
    : undefined;
}

/** https://github.com/docker/docker-credential-helpers#development */
async function askHelper(
  helper: string,
  server: string,
  runHelper: RunHelper,
): Promise<Credentials | undefined> {
  let output: string;
  try {
    output = await runHelper(helper, `${server}\n`);
  } catch (error) {
    if (/credentials not found/i.test(error instanceof Error ? error.message : '')) return undefined;
    throw error;
  }
  const { Username = '', Secret = '' } = JSON.parse(output) as { Username?: string; Secret?: string };
  if (Secret === '') return undefined;
  return Username === '<token>'
    ? { kind: 'refresh', token: Secret }
    : { kind: 'password', username: Username, password: Secret };
}
