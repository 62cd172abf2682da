import { chmod } from 'node:fs/promises';
import { posix } from 'node:path';
import type { Instruction } from '../../../dockerfile/model.ts';
import { readHealthCheck } from '../../../dockerfile/health-check.ts';
import { pairs } from '../../../dockerfile/pairs.ts';
import { lookUp } from '../images/view.ts';
import { resolveUser } from '../launch/user.ts';
import { layerWriter } from './layer-files.ts';
import {
  directories,
  flagsOf,
  type Handler,
  layerKey,
  refuse,
  type StageState,
  type Step,
  withConfig,
  withLayer,
} from './state.ts';

type Configure = (state: StageState, step: Step) => StageState;
const only =
  (configure: Configure): Handler =>
  async (_build, state, step) => {
    if (step.instruction.keyword !== 'HEALTHCHECK') flagsOf(step.instruction, []);
    return { state: configure(state, step) };
  };

/** https://docs.docker.com/reference/dockerfile/#env */
export const env = only((state, { instruction, expand }) => {
  const values = assignments(instruction).map(({ name, value }) => [name, expand(value)]);
  return withConfig(state, { environment: { ...state.config.environment, ...Object.fromEntries(values) } });
});

export const label = only((state, { instruction, expand }) => {
  const values = assignments(instruction).map(({ name, value }) => [expand(name), expand(value)]);
  return withConfig(state, { labels: { ...state.config.labels, ...Object.fromEntries(values) } });
});

export const user = only((state, step) => withConfig(state, { user: oneWord(step) }));

export const stopSignal = only((state, step) => withConfig(state, { stopSignal: oneWord(step) }));

export const expose = only((state, { instruction, expand }) => {
  const ports = instruction.args.flatMap((word) => readPorts(expand(word), instruction));
  const known = state.config.exposedPorts;
  const fresh = ports.filter(
    (port) => !known.some((old) => old.port === port.port && old.protocol === port.protocol),
  );
  return withConfig(state, { exposedPorts: [...known, ...fresh] });
});

function readPorts(text: string, instruction: Instruction) {
  const [, from, to, protocol] = /^(\d+)(?:-(\d+))?(?:\/(tcp|udp))?$/i.exec(text) ?? [];
  if (from === undefined || Number(to ?? from) > 65_535)
    return refuse(instruction, `EXPOSE ${text} is no port`, 'write a port such as 80, 53/udp or 8000-8010');
  const count = Number(to ?? from) - Number(from) + 1;
  return Array.from({ length: count }, (_, index) => ({
    port: Number(from) + index,
    protocol: protocol?.toLowerCase() === 'udp' ? ('udp' as const) : ('tcp' as const),
  }));
}

export const volume = only((state, { instruction, expand }) => {
  const paths = instruction.form === 'json' ? instruction.args : instruction.args.map(expand);
  return withConfig(state, { volumes: [...new Set([...state.config.volumes, ...paths])] });
});

export const shell = only((state, { instruction }) =>
  instruction.form === 'json'
    ? { ...withConfig(state, { shell: instruction.args }), shell: instruction.args }
    : refuse(instruction, 'SHELL takes a JSON array', 'write SHELL ["/bin/sh", "-c"]'),
);

export const command = only((state, { instruction }) => ({
  ...withConfig(state, { command: commandLine(state, instruction) }),
  ownCommand: true,
}));

/** An entry point drops the command of the image below: https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact */
export const entrypoint = only((state, { instruction }) =>
  withConfig(state, {
    entrypoint: commandLine(state, instruction),
    ...(state.ownCommand ? {} : { command: [] }),
  }),
);

export const healthCheck = only((state, { instruction }) =>
  withConfig(state, { healthCheck: readHealthCheck(instruction) }),
);

export const maintainer = only((state) => state);

/**
 * https://docs.docker.com/reference/dockerfile/#workdir: made when it is not there, and given to the user of the moment as BuildKit
 * does: https://github.com/moby/buildkit/blob/master/frontend/dockerfile/dockerfile2llb/convert.go (dispatchWorkdir).
 */
export const workdir: Handler = async (build, state, step) => {
  const path = posix.resolve(
    state.config.workingDirectory ?? '/',
    step.instruction.args.map(step.expand).join(' '),
  );
  const next = withConfig(state, { workingDirectory: path });
  const { store, netd } = build.launch;
  const below = directories(store, state);
  const found = await lookUp(below, path);
  if (found.stats) return { state: next };
  const { user: name } = state.config;
  const owner =
    name === undefined || netd.ids === 'single'
      ? undefined
      : await resolveUser(below, name).catch((error: Error) =>
          refuse(step.instruction, `WORKDIR as ${name}: ${error.message}`, 'make the user before'),
        );
  const key = layerKey(build, 'workdir', state, found.path, ...(owner ? [owner.uid, owner.gid] : []));
  const { cached } = await store.ensureLayer(key, async (root) => {
    step.begin();
    await chmod(root, 0o755);
    const writer = layerWriter(netd, root, below);
    await writer.directory(found.path);
    await writer.finish(owner, []);
  });
  return { state: withLayer(next, key), cached };
};

function assignments(instruction: Instruction) {
  return pairs(instruction).map(({ name, value }) =>
    value === undefined
      ? refuse(
          instruction,
          `${instruction.keyword} has no = in ${name}`,
          `write ${instruction.keyword} ${name}="…"`,
        )
      : { name, value },
  );
}

const commandLine = (state: StageState, { form, args }: Instruction): readonly string[] =>
  form === 'json' ? args : [...state.shell, ...args];

function oneWord({ instruction, expand }: Step): string {
  const [word = '', ...more] = instruction.args;
  if (more.length > 0)
    refuse(
      instruction,
      `${instruction.keyword} takes one word: ${instruction.text}`,
      `write ${instruction.keyword} ${word}`,
    );
  return expand(word);
}
