import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OperationError } from '../../../common/problem.ts';

const execute = promisify(execFile);

/** Debian packages as an ordinary user: lists and archives of Fairway's own, nothing is installed. */
export interface Packages {
  /** Whether this machine has the package manager at all. */
  available(): Promise<boolean>;
  /** Files of the named packages and of what they need to run, downloaded into `directory`. */
  download(
    names: readonly string[],
    directory: string,
    onProgress: (line: string) => void,
    selection?: Selection,
  ): Promise<readonly Archive[]>;
  /** Unpacks an archive; gives the names in it. */
  extract(archive: string, root: string): Promise<readonly string[]>;
  /** Where this machine has its distribution's packages from. */
  origins(): Promise<readonly Origin[]>;
}
export interface Selection {
  /** Also what is needed only to install or to administrate. */
  readonly whole: boolean;
  /** Versions that are there already, by name. */
  readonly without: ReadonlyMap<string, string>;
}
export interface Origin {
  readonly uri: string;
  readonly suite: string;
  readonly component: string;
}
export interface Archive {
  readonly name: string;
  readonly version: string;
  readonly file: string;
}

const listsServe = 24 * 3600 * 1000;
const environment = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };

/** Needed to install or to administrate, not to run. */
export const unneeded =
  /^(debconf.*|cdebconf|perl.*|libperl.*|dpkg|adduser|passwd|ucf|init-system-helpers|sysvinit-utils|lsb-base|usrmerge|usr-is-merged|install-info|tar|coreutils|iproute2|util-linux|mount|libcap2-bin|systemd.*|init|bash|dash|sed|grep|findutils|hostname|login.*|base-files|base-passwd|debianutils|netbase|openssl|libnginx-mod-http-echo|libpam-.*|media-types|readline-common|libaudit-common|lib.*-perl|libllvm\d+|libz3-4|locales|postgresql-common|postgresql-client-common|ssl-cert|logrotate|lsof|psmisc|rsync)$/;

export function openPackages(cacheDirectory: string): Packages {
  const home = join(cacheDirectory, 'packages');
  const options = [
    `Dir::State::Lists=${join(home, 'lists')}`,
    `Dir::Cache=${join(home, 'cache')}`,
    'Debug::NoLocking=1',
    'APT::Sandbox::User=',
    'Acquire::Languages=none',
  ].flatMap((option) => ['-o', option]);
  const apt = (program: string, args: readonly string[], cwd = home) =>
    execute(program, [...options, ...args], { cwd, env: environment, maxBuffer: 1 << 26 });
  let updating: Promise<void> | undefined;

  async function updateLists(onProgress: (line: string) => void): Promise<void> {
    const stamp = join(home, 'updated');
    const at = await stat(stamp).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
    if (Date.now() - at < listsServe) return;
    for (const path of ['lists/partial', 'cache/archives/partial'])
      await mkdir(join(home, path), { recursive: true });
    onProgress('reading the lists of packages (once a day)');
    try {
      await apt('apt-get', ['-qq', 'update']);
    } catch (error) {
      // Old lists may serve where no network is.
      if (at === 0) throw unavailable(error);
    }
    await writeFile(stamp, '');
    await utimes(stamp, new Date(), new Date());
  }

  async function closure(names: readonly string[], whole: boolean): Promise<readonly string[]> {
    const kinds = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'];
    const { stdout } = await apt('apt-cache', [
      'depends',
      '--recurse',
      ...kinds.map((kind) => `--no-${kind}`),
      ...names,
    ]);
    const needs = parseDepends(stdout);
    const wanted = new Set<string>();
    const visit = (name: string) => {
      if (wanted.has(name)) return;
      wanted.add(name);
      for (const need of needs.get(name) ?? []) if (whole || !unneeded.test(need)) visit(need);
    };
    for (const name of names) visit(name);
    return [...wanted].sort();
  }

  /** Those whose version, as it would be downloaded, is not there already. */
  async function missing(names: readonly string[], without: ReadonlyMap<string, string>) {
    if (without.size === 0) return names;
    const { stdout } = await apt('apt-get', ['-qq', 'download', '--print-uris', ...names]);
    return [...stdout.matchAll(/^'[^']*' ([^_\s]+)_([^_\s]+)_/gm)]
      .filter(([, name = '', version = '']) => without.get(name) !== decodeURIComponent(version))
      .map(([, name = '']) => name);
  }

  return {
    available: hasApt,
    async download(names, directory, onProgress, { whole, without } = { whole: false, without: new Map() }) {
      await refuseElsewhere();
      updating ??= updateLists(onProgress).finally(() => (updating = undefined));
      await updating;
      const drafts = join(directory, `apt-${randomBytes(4).toString('hex')}`);
      await mkdir(drafts, { recursive: true });
      try {
        const all = await missing(await closure(names, whole), without);
        if (all.length === 0) return [];
        onProgress(`fetching ${names.join(', ')} and what it needs: ${all.length} packages`);
        await apt('apt-get', ['-qq', 'download', ...all], drafts);
        for (const file of await readdir(drafts)) await rename(join(drafts, file), join(directory, file));
      } catch (error) {
        throw unavailable(error);
      } finally {
        await rm(drafts, { recursive: true, force: true });
      }
      const files = (await readdir(directory)).filter((file) => file.endsWith('.deb'));
      return files.sort().map((file) => {
        const [name = '', version = ''] = file.split('_');
        return { name, version: decodeURIComponent(version), file: join(directory, file) };
      });
    },
    async extract(archive, root) {
      const { stdout } = await execute('dpkg-deb', ['--vextract', archive, root], {
        env: environment,
        maxBuffer: 1 << 26,
      });
      return stdout.split('\n').filter(Boolean);
    },
    async origins() {
      const format = '$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)';
      const { stdout } = await apt('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']);
      const lines = new Set(stdout.split('\n').filter((line) => /^(Debian|Ubuntu) /.test(line)));
      return [...lines].map((line) => {
        const [, uri = '', suite = '', component = ''] = line.split(' ');
        return { uri, suite, component };
      });
    },
  };
}

/**
 * The first alternative of each dependency, by package, out of what `apt-cache depends` prints. Of what is only provided, `perl:any` is
 * perl; which of several others provides it is for a recipe to name.
 */
export function parseDepends(text: string): ReadonlyMap<string, readonly string[]> {
  const needs = new Map<string, string[]>();
  let current: string[] = [];
  let alternative = false;
  for (const line of text.split('\n')) {
    if (/^\S/.test(line)) {
      current = [];
      needs.set(line.trim(), current);
      continue;
    }
    const [, or, name] = /^ ([ |])(?:Pre)?Depends: (\S+)/.exec(line) ?? [];
    if (name === undefined) continue;
    const [, any] = /^<(.+):any>$/.exec(name) ?? [];
    if (!alternative && (any !== undefined || !name.startsWith('<'))) current.push(any ?? name);
    alternative = or === '|';
  }
  return needs;
}

/** `5:7.0.15-1~deb12u10` → `7.0.15` */
export function upstreamVersion(version: string): string {
  return version
    .replace(/^\d+:/, '')
    .replace(/[-+~][^-]*$/, '')
    .replace(/[+~].*$/, '');
}

let apt: Promise<boolean> | undefined;
function hasApt(): Promise<boolean> {
  apt ??= execute('apt-get', ['--version'], { env: environment }).then(
    () => true,
    () => false,
  );
  return apt;
}

async function refuseElsewhere(): Promise<void> {
  if (!(await hasApt()))
    throw new OperationError({
      code: 'stand-in-unavailable',
      message: 'stand-in images are made from Debian or Ubuntu packages, and this machine has no apt-get',
      fix: 'run Fairway on Debian or Ubuntu (a virtual machine or container will do)',
    });
}

function unavailable(error: unknown): OperationError {
  if (error instanceof OperationError) return error;
  const { stderr = '', message = String(error) } = error as { stderr?: string; message?: string };
  const line =
    (stderr || message).split('\n').find((text) => text.startsWith('E:')) ?? message.split('\n')[0];
  return new OperationError(
    {
      code: 'stand-in-unavailable',
      message: `the packages of a stand-in image could not be fetched: ${line}`,
      fix: 'check that this machine reaches its package mirror: `apt-get update` must work',
    },
    { cause: error },
  );
}
