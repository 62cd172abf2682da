import type { Descriptor, Platform } from '../../../oci/model.ts';

/** Node's name of a processor → Go's, which images use: https://go.dev/doc/install/source#environment */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' };
export const machinePlatform: Platform = {
  os: 'linux',
  architecture: architectures[process.arch] ?? process.arch,
  ...(process.arch === 'arm' ? { variant: 'v7' } : {}),
};

/** `linux/arm64/v8` */
export const platformName = ({ os, architecture, variant }: Platform): string =>
  [os, architecture, ...(variant ? [variant] : [])].join('/');

/**
 * The manifest of a list that this machine can run. Among several the one for the most capable processor is not looked for: the
 * plainest (no variant, or the lowest) runs everywhere. https://github.com/opencontainers/image-spec/blob/main/image-index.md#platform-variants
 */
export function chooseManifest(
  manifests: readonly Descriptor[],
  wanted: Platform = machinePlatform,
): Descriptor | undefined {
  const fitting = manifests.filter(({ platform }) => platform && fits(platform, wanted));
  return fitting.sort((a, b) => rank(a.platform, wanted) - rank(b.platform, wanted))[0];
}

export function fits(
  platform: Pick<Platform, 'os' | 'architecture' | 'variant'>,
  wanted: Platform = machinePlatform,
): boolean {
  if (platform.os !== wanted.os || platform.architecture !== wanted.architecture) return false;
  if (wanted.architecture !== 'arm') return true;
  // A later processor runs what was made for an earlier one.
  return level(platform.variant, 7) <= level(wanted.variant, 7);
}

/** For people: what a list has, without the attestations that builders add as `unknown/unknown`. */
export function platformsOf(manifests: readonly Descriptor[]): readonly string[] {
  const names = manifests.flatMap(({ platform }) =>
    platform && platform.os !== 'unknown' ? [platformName(platform)] : [],
  );
  return [...new Set(names)];
}

function rank(platform: Platform | undefined, wanted: Platform): number {
  if (platform?.variant === wanted.variant) return -1;
  const own = level(platform?.variant, 0);
  return wanted.architecture === 'arm' ? 10 - own : own;
}

const level = (variant: string | undefined, otherwise: number): number => {
  const [, digits] = /^v(\d+)/.exec(variant ?? '') ?? [];
  return digits === undefined ? otherwise : Number(digits);
};
