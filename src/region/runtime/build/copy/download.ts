import { createHash, getHashes } from 'node:crypto';
import { readFile, lstat, utimes } from 'node:fs/promises';
import { posix } from 'node:path';
import { refuse, type Build, type Step } from '../state.ts';
import type { SourceEntry } from './sources.ts';
import type { ScratchFiles } from './texts.ts';

export const isUrl = (text: string): boolean =>
  /^https?:\/\//i.test(text) && !/^https?:\/\/[^?#]+\.git(#|$)/.test(text);

/**
 * Runs with Node where builds have their way out, so that it reaches what a RUN step would reach and nothing of this machine:
 * URL FILE NAME-SERVERS. Prints what the server says of the file.
 */
const program = String.raw`
const [url, file, servers] = process.argv.slice(1);
const { createWriteStream } = require('node:fs');
const { Resolver } = require('node:dns');
const resolver = new Resolver({ timeout: 5000, tries: 2 });
resolver.setServers(servers.split(','));
const lookup = (name, options, done) =>
  resolver.resolve4(name, (error, addresses) => {
    if (error) return done(error);
    const all = addresses.map((address) => ({ address, family: 4 }));
    if (options.all) done(null, all); else done(null, all[0].address, 4);
  });
const fail = (error) => { process.stderr.write(String(error.message ?? error)); process.exit(1); };
function fetchFrom(address, left) {
  const { get } = require(address.startsWith('https:') ? 'node:https' : 'node:http');
  get(address, { lookup, headers: { 'user-agent': 'fairway' }, timeout: 60000 }, (answer) => {
    const { statusCode, headers } = answer;
    if (statusCode >= 300 && statusCode < 400 && headers.location) {
      answer.resume();
      return left === 0 ? fail('too many redirections') : fetchFrom(new URL(headers.location, address).href, left - 1);
    }
    if (statusCode !== 200) return fail('the server answers ' + statusCode);
    const out = createWriteStream(file, { mode: 0o600 });
    answer.on('error', fail).pipe(out).on('error', fail).on('finish', () => {
      if (!answer.complete) return fail('the answer ended before its time');
      process.stdout.write(JSON.stringify({ modified: headers['last-modified'] ?? null }));
    });
  }).on('timeout', () => fail('the server does not answer')).on('error', fail);
}
fetchFrom(url, 10);
`;

/** A file that ADD names by its address: https://docs.docker.com/reference/dockerfile/#adding-files-from-a-url */
export async function download(
  build: Build,
  step: Step,
  scratch: ScratchFiles,
  url: string,
): Promise<SourceEntry> {
  const { instruction } = step;
  const checksum = instruction.flags.find(({ name }) => name === 'checksum')?.value;
  const [, algorithm = '', wanted = ''] =
    checksum === undefined ? [] : (/^([a-z0-9]+):([0-9a-f]+)$/.exec(step.expand(checksum)) ?? []);
  if (checksum !== undefined && !getHashes().includes(algorithm))
    refuse(instruction, `--checksum=${checksum} is no checksum`, 'write --checksum=sha256:…');
  const name = posix.basename(new URL(url).pathname);
  const destination = step.expand(instruction.args.at(-1) ?? '');
  if (name === '' && destination.endsWith('/'))
    refuse(instruction, `ADD cannot tell a file name from ${url}`, 'name the file: ADD URL /path/name');
  const file = await scratch.path();
  const { certificates } = await build.hostSettings();
  const { code, stdout, stderr } = await build.launch.netd.run(
    [process.execPath, '-e', program, '--', url, file, build.nameServers.join(',')],
    {
      network: await build.buildNetwork(),
      env: certificates === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificates },
    },
  );
  if (code !== 0)
    refuse(
      instruction,
      `ADD cannot fetch ${url}: ${stderr.trim()}`,
      'check the address; a build reaches what this machine reaches, but not its loopback',
    );
  if (checksum !== undefined) {
    const found = createHash(algorithm)
      .update(await readFile(file))
      .digest('hex');
    if (found !== wanted)
      refuse(
        instruction,
        `${url} has the digest ${algorithm}:${found}, not ${checksum}`,
        'check where the file comes from before you write its digest down',
      );
  }
  const { modified } = JSON.parse(stdout) as { readonly modified: string | null };
  const time = modified === null ? 0 : new Date(modified).getTime() / 1000 || 0;
  await utimes(file, time, time);
  return { path: name || posix.basename(destination), file, stats: await lstat(file) };
}
