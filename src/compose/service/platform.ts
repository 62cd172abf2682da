import type { Located, Service } from '../app.ts';
import { type Field, field, type Findings, text, texts, wrong } from '../read.ts';

const ARCHITECTURES: Readonly<Record<string, Service['architecture']>> = {
  amd64: 'X86_64',
  x86_64: 'X86_64',
  arm64: 'ARM64',
  aarch64: 'ARM64',
};

/** `platform`, else the one that `build.platforms` names: Fargate has two. */
export function readArchitecture(found: Findings, at: Field): Service['architecture'] {
  const written = text(found, field(at, 'platform'));
  const built = texts(found, field(field(at, 'build'), 'platforms'));
  const known = built.map((platform) => architecture(found, platform, 'build.platforms'));
  const chosen = written ? architecture(found, written, 'platform') : undefined;
  const [first] = built;
  if (first && built.length > 1)
    found.notices.push({
      code: 'compose-not-enacted',
      message: `${at.name}.build.platforms: the image is built for ${chosen ?? known[0] ?? 'X86_64'} alone, which the task runs on`,
      position: first.position,
    });
  if (first && chosen && !known.includes(chosen))
    wrong(
      found,
      first.position,
      `${at.name} is built for ${built.map(({ value }) => value).join(', ')} and runs on ${written?.value}`,
      'write the same platform in both places',
    );
  return chosen ?? known[0] ?? 'X86_64';
}

function architecture(found: Findings, { value, position }: Located<string>, key: string) {
  const [, name = ''] = /^(?:linux\/)?(\w+)(?:\/v\d+)?$/.exec(value.toLowerCase()) ?? [];
  const known = Object.hasOwn(ARCHITECTURES, name) ? ARCHITECTURES[name] : undefined;
  if (!known && value.startsWith('wasi/'))
    wrong(
      found,
      position,
      `${key} is ${JSON.stringify(value)}, WebAssembly: Fargate runs programs of Linux`,
      'where the service can be built for Linux, write linux/amd64 and take `runtime` away; else put it into a profile of its own',
    );
  else if (!known)
    wrong(
      found,
      position,
      `${key} is ${JSON.stringify(value)}`,
      'write linux/amd64 or linux/arm64, which Fargate has',
    );
  return known;
}
