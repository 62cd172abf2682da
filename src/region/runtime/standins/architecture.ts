/** https://wiki.debian.org/Multiarch/Tuples */
const tuples: Readonly<Record<string, readonly [string, string]>> = {
  x64: ['amd64', 'x86_64-linux-gnu'],
  arm64: ['arm64', 'aarch64-linux-gnu'],
};
/** Debian's names for what this machine is. */
export const [debianArchitecture, multiarch] = tuples[process.arch] ?? [process.arch, process.arch];
