import { systemClock } from '../common/clock.ts';
import { InputError, type Problem } from '../common/problem.ts';
import { imageExists } from '../deploy/image-exists.ts';
import type { RegistrySettings } from '../oci/settings.ts';
import type { Project } from './project.ts';
import type { Terminal } from './terminal.ts';

/** Images that no registry has are told before anything is deployed; where nobody can be asked, that is said. */
export async function checkImages(
  terminal: Terminal,
  { app, design }: Project,
  given: Iterable<string>,
  settings: RegistrySettings,
): Promise<void> {
  const written = app.services.flatMap(({ image, build, settings: { pullCredentials } }) =>
    image && !build ? [{ ...image, hasPullCredentials: pullCredentials !== undefined }] : [],
  );
  const known = new Map(written.map((image) => [image.value, image]));
  const references = new Set([...known.keys(), ...imagesOf(design.template), ...given]);
  const problems: Problem[] = [];
  await Promise.all(
    [...references].map(async (reference) => {
      const { position, hasPullCredentials = false } = known.get(reference) ?? {};
      const found = await imageExists(reference, { settings, clock: systemClock, hasPullCredentials });
      if (found.kind === 'unknown')
        terminal.err(
          `${terminal.style.yellow('note:')} ${reference} could not be looked up: ${found.reason}\n`,
        );
      if (found.kind === 'absent')
        problems.push({
          code: 'image-not-found',
          message: `the image ${reference} cannot be pulled: ${found.reason}`,
          position,
          fix: found.fix ?? 'check its name and tag',
        });
    }),
  );
  if (problems.length > 0) throw new InputError(problems);
}

/** The images of the template's task definitions that are written out. */
function imagesOf(template: Project['design']['template']): readonly string[] {
  return Object.values(template.Resources).flatMap(({ Type, Properties }) => {
    if (Type !== 'AWS::ECS::TaskDefinition') return [];
    const { ContainerDefinitions } = (Properties ?? {}) as {
      readonly ContainerDefinitions?: readonly { readonly Image?: unknown }[];
    };
    return (ContainerDefinitions ?? []).flatMap(({ Image }) => (typeof Image === 'string' ? [Image] : []));
  });
}
