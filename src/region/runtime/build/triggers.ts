import type { Instruction, Stage } from '../../../dockerfile/model.ts';
import { parseDockerfile } from '../../../dockerfile/parse.ts';
import { type Handler, refuse, type StageState, withConfig } from './state.ts';

/** https://docs.docker.com/reference/dockerfile/#onbuild: kept for the builds that start from this image. */
export const onBuild: Handler = (_build, state, { instruction }) => {
  const { trigger, heredocs } = instruction;
  if (
    !trigger ||
    trigger.keyword === 'ONBUILD' ||
    trigger.keyword === 'FROM' ||
    trigger.keyword === 'MAINTAINER'
  )
    return refuse(
      instruction,
      `ONBUILD cannot defer ${trigger?.keyword ?? 'nothing'}`,
      'defer an instruction such as COPY or RUN',
    );
  const text = [trigger.text, ...heredocs.map(({ content, name }) => `${content}${name}`)].join('\n');
  const deferred = [...(state.config.onBuild ?? []), text];
  return Promise.resolve({ state: withConfig(state, { onBuild: deferred }) });
};

/** The instructions that a stage's base left for it, and the stage's state without them. */
export function takeTriggers(
  state: StageState,
  stage: Stage,
): { readonly state: StageState; readonly instructions: readonly Instruction[] } {
  const { onBuild: deferred = [], ...config } = state.config;
  if (deferred.length === 0) return { state, instructions: [] };
  const parsed = parseDockerfile(`FROM scratch\n${deferred.join('\n')}\n`, `ONBUILD of ${stage.from}`);
  const instructions = parsed.stages.flatMap((each) => each.instructions);
  return {
    state: { ...state, config },
    instructions: instructions.map((instruction) => ({ ...instruction, position: stage.position })),
  };
}
