import type { DesignParameter } from '../architect/design-model.ts';
import { systemClock } from '../common/clock.ts';
import { InputError } from '../common/problem.ts';
import { publishImages, type Publication, type PublishProgress } from '../deploy/publish.ts';
import type { Target } from '../deploy/target.ts';
import { openRegistry } from '../oci/registry.ts';
import { plainSettings, type RegistrySettings } from '../oci/settings.ts';
import type { Invocation } from './command.ts';
import { buildServices, type BuiltService } from './images.ts';
import { startLocal } from './local.ts';
import type { Project } from './project.ts';
import { duration, type Terminal } from './terminal.ts';

/**
 * Builds the services' images on this machine and pushes them to the target's ECR; by service, what a task definition needs.
 * `trial`: the target is a region of this machine, where a stand-in does no harm.
 */
export async function publishBuilds(
  invocation: Invocation,
  project: Project,
  wanted: readonly DesignParameter[],
  to: { readonly target: Target; readonly settings: RegistrySettings; readonly trial: boolean },
): Promise<ReadonlyMap<string, string>> {
  if (wanted.length === 0) return new Map();
  refuseForeign(project, wanted);
  const { terminal } = invocation;
  const { control, info } = await startLocal(invocation);
  try {
    const built = await buildServices(terminal, project, control, wanted, invocation.text('builder'));
    if (!to.trial) refuseStandIns(project, built);
    const local = openRegistry({
      registry: new URL(info.endpoint).host,
      settings: plainSettings,
      clock: systemClock,
    });
    const publications = built.map(({ service, digest }): Publication => {
      const repository = `${project.app.name}/${service}`;
      return { service, repository, digest, source: local.repository(repository) };
    });
    return await publishImages(publications, { ...to, onProgress: reporter(terminal) });
  } finally {
    await control.post('shutdown', { onlyIdle: true }).catch(() => undefined);
    control.close();
  }
}

/** Images are built for the processor of this machine. */
function refuseForeign({ app }: Project, wanted: readonly DesignParameter[]): void {
  const here = process.arch === 'arm64' ? 'ARM64' : 'X86_64';
  const foreign = app.services.filter(
    ({ name, architecture }) => architecture !== here && wanted.some(({ service }) => service === name),
  );
  if (foreign.length === 0) return;
  throw new InputError(
    foreign.map(({ name, architecture, build, position }) => ({
      code: 'image-for-other-processor',
      message: `${name} runs on ${architecture}, and this machine builds images for ${here}`,
      position: build?.position ?? position,
      fix: `build it elsewhere and give --image ${name}=REPOSITORY@sha256:…, or write platform: ${here === 'ARM64' ? 'linux/arm64' : 'linux/amd64'}`,
    })),
  );
}

/** What a stand-in serves for is not what runs on AWS: an image made from one is for this machine. */
function refuseStandIns({ app }: Project, built: readonly BuiltService[]): void {
  const problems = built.flatMap(({ service, standIns = [] }) =>
    standIns.map(({ reference, standIn }) => ({
      code: 'image-from-stand-in',
      message: `${service} is built on a stand-in for ${reference} (${standIn}), which does not belong on AWS`,
      position: app.services.find(({ name }) => name === service)?.build?.position,
      fix: `build where the registry of ${reference} can be reached, or with docker or podman (--builder docker), or give --image ${service}=REPOSITORY@sha256:…`,
    })),
  );
  if (problems.length > 0) throw new InputError(problems);
}

/** A line when an image begins to travel, one every few seconds, and one at its end. */
function reporter(terminal: Terminal): (service: string, progress: PublishProgress) => void {
  const states = new Map<string, { bytes: number; total: number; began: number; told: number }>();
  const say = (service: string, text: string) =>
    terminal.err(`${terminal.style.dim(`${service}:`)} ${text}\n`);
  return (service, progress) => {
    const now = Date.now();
    const state = states.get(service) ?? { bytes: 0, total: 0, began: now, told: now };
    states.set(service, state);
    switch (progress.kind) {
      case 'planned':
        state.total = progress.bytes;
        say(
          service,
          `pushing ${progress.missing} of ${progress.blobs} layers, ${megabytes(progress.bytes)} MB`,
        );
        break;
      case 'bytes':
        state.bytes += progress.bytes;
        if (now - state.told < 2_000) break;
        state.told = now;
        say(service, `${megabytes(state.bytes)} of ${megabytes(state.total)} MB`);
        break;
      case 'blob':
        break;
      case 'done':
        say(
          service,
          progress.present
            ? `is there already: ${progress.reference}`
            : `pushed ${progress.reference} (${duration(now - state.began)})`,
        );
    }
  };
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
