import { targetStage } from './expose.ts';
import { mountSources } from './images.ts';
import type { Dockerfile, Stage } from './model.ts';

/** The stage before number `before` that a FROM, COPY --from or mount names, by name or number. */
export function earlierStage({ stages }: Dockerfile, name: string, before: number): Stage | undefined {
  const earlier = stages.slice(0, before);
  return (
    earlier.findLast((stage) => stage.as === name.toLowerCase()) ??
    (/^\d+$/.test(name) ? earlier[Number(name)] : undefined)
  );
}

/** The stages that a target needs, itself last; `expand` puts in what ARGs before the first FROM say. */
export function neededStages(
  dockerfile: Dockerfile,
  target: string | undefined,
  expand: (word: string) => string,
): readonly Stage[] {
  const needed = new Set<Stage>();
  const visit = (stage: Stage | undefined): void => {
    if (!stage || needed.has(stage)) return;
    const at = dockerfile.stages.indexOf(stage);
    const names = [
      stage.from,
      ...stage.instructions.flatMap(({ flags }) =>
        flags.flatMap(({ name, value = '' }) =>
          name === 'from' ? [value] : name === 'mount' ? mountSources(value) : [],
        ),
      ),
    ];
    for (const name of names) visit(earlierStage(dockerfile, expand(name), at));
    needed.add(stage);
  };
  visit(targetStage(dockerfile, target));
  return [...needed];
}
