import type { Position } from '../common/problem.ts';
import type { Dockerfile, Stage } from './model.ts';
import { pairs } from './pairs.ts';
import { expandWord } from './words.ts';

export interface ExposedPort {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly position: Position;
}

/** The stage that is built: the named one (or its number), else the last; undefined when there is none of that name. */
export function targetStage(dockerfile: Dockerfile, target?: string): Stage | undefined {
  if (target === undefined) return dockerfile.stages.at(-1);
  const name = target.toLowerCase();
  return (
    dockerfile.stages.find((stage) => stage.as === name) ??
    (/^\d+$/.test(target) ? dockerfile.stages[Number(target)] : undefined)
  );
}

/** The stages that make up a target, base first, and the foreign image below them, unexpanded. */
export function stageChain(
  dockerfile: Dockerfile,
  target?: string,
): { readonly base: string; readonly stages: Stage[] } {
  const stages: Stage[] = [];
  let stage = targetStage(dockerfile, target);
  let base = '';
  while (stage) {
    stages.unshift(stage);
    base = stage.from;
    const earlier = dockerfile.stages.slice(0, dockerfile.stages.indexOf(stage));
    const name = base.toLowerCase();
    stage = earlier.findLast((candidate) => candidate.as === name);
  }
  return { base, stages };
}

/** What EXPOSE says of the target and the stages below it, with ARG and ENV put in; what stays unknown is left out. */
export function exposedPorts(
  dockerfile: Dockerfile,
  target?: string,
  args: Readonly<Record<string, string>> = {},
): ExposedPort[] {
  const globals = new Map<string, string>();
  const ports: ExposedPort[] = [];
  for (const { name, value } of dockerfile.globals.flatMap(pairs)) {
    const given = args[name] ?? (value === undefined ? undefined : expand(value, globals));
    if (given !== undefined) globals.set(name, given);
  }
  const scope = new Map<string, string>();
  for (const instruction of stageChain(dockerfile, target).stages.flatMap((stage) => stage.instructions)) {
    if (instruction.keyword === 'ENV')
      for (const { name, value = '' } of pairs(instruction)) scope.set(name, expand(value, scope));
    if (instruction.keyword === 'ARG')
      for (const { name, value } of pairs(instruction)) {
        const given = args[name] ?? (value === undefined ? globals.get(name) : expand(value, scope));
        if (given !== undefined && !scope.has(name)) scope.set(name, given);
      }
    if (instruction.keyword === 'EXPOSE')
      for (const word of instruction.args)
        ports.push(...readPorts(expand(word, scope), instruction.position));
  }
  return ports;

  function expand(word: string, variables: ReadonlyMap<string, string>): string {
    return expandWord(word, (name) => variables.get(name), dockerfile.escape);
  }
}

function readPorts(text: string, position: Position): ExposedPort[] {
  const [, from, to, protocol] = /^(\d+)(?:-(\d+))?(?:\/(tcp|udp))?$/i.exec(text) ?? [];
  if (from === undefined) return [];
  const ports: ExposedPort[] = [];
  for (let port = Number(from); port <= Math.min(Number(to ?? from), 65_535); port++)
    ports.push({ port, protocol: protocol?.toLowerCase() === 'udp' ? 'udp' : 'tcp', position });
  return ports;
}
