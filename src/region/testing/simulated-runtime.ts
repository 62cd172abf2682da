import type { Clock } from '../../common/clock.ts';
import { OperationError } from '../../common/problem.ts';
import type { InsideProcess } from '../network/netd-client.ts';
import type { Container, ContainerSpec, Image, Runtime } from '../runtime/runtime.ts';
import { memoryRepositories } from '../services/ecr/testing/repositories.ts';
import type { Program, Programs } from './programs.ts';

export interface SimulatedRuntime extends Runtime {
  /** Status of what answers in a network namespace; undefined where nothing listens. */
  answer(network: string): number | undefined;
  /** Containers that run. */
  readonly running: ReadonlySet<Container>;
}

/** Containers without processes: each does what is said of its image. */
export function simulatedRuntime(clock: Clock, programs: Programs): SimulatedRuntime {
  const byNetwork = new Map<string, Map<string, () => number | undefined>>();
  const running = new Set<Container>();

  function start(spec: ContainerSpec): Container {
    const program = programOf(programs, spec.image.digest);
    const { exits, answersAfter = 0, status = 200, check = 0, endsAfter = 0 } = program;
    const startedAt = clock.now();
    const ready = () => clock.now() - startedAt >= answersAfter;
    let end!: (how: { code: number; signal?: string }) => void;
    const exited = new Promise<{ code: number; signal?: string }>((resolve) => (end = resolve));
    const container: Container = {
      id: spec.id,
      exited,
      async signal(signal) {
        if (!running.has(container)) return false;
        if (signal === 'SIGKILL') stop({ code: 137, signal });
        else if (endsAfter < Infinity) clock.schedule(endsAfter, () => stop({ code: 143 }));
        return true;
      },
      exec: () => endedProcess(ready() ? check : 1),
      usage: async () => ({ cpuMilliseconds: 0, memoryBytes: 0 }),
      remove: async () => {},
    };
    function stop(how: { code: number; signal?: string }): void {
      if (!running.delete(container)) return;
      byNetwork.get(spec.network)?.delete(spec.id);
      end(how);
    }
    running.add(container);
    const beside = byNetwork.get(spec.network) ?? new Map();
    byNetwork.set(
      spec.network,
      beside.set(spec.id, () => (ready() ? status : undefined)),
    );
    if (exits) clock.schedule(exits.after, () => stop({ code: exits.code }));
    return container;
  }

  return {
    repositories: memoryRepositories(() => clock.now()),
    running,
    answer(network) {
      for (const answer of byNetwork.get(network)?.values() ?? []) {
        const status = answer();
        if (status !== undefined) return status;
      }
      return undefined;
    },
    async resolve(reference): Promise<Image> {
      programOf(programs, reference);
      const config = { environment: {}, command: ['serve'], exposedPorts: [], volumes: [] };
      return { digest: reference, layers: [], config };
    },
    probe: async () => ({ available: true }),
    build: () => Promise.reject(new Error('nothing is built in a simulated region')),
    start: async (spec) => start(spec),
    removeVolume: async () => {},
  };
}

/** Rejects as a registry does that does not have it. */
function programOf(programs: Programs, reference: string): Program {
  const program = programs.get(reference) ?? {};
  if (program !== 'missing') return program;
  throw new OperationError({
    code: 'image-not-found',
    message: `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${reference}: not found`,
  });
}

function endedProcess(code: number): InsideProcess {
  return {
    started: Promise.resolve(1),
    exited: Promise.resolve({ code, signal: null }),
    onStdout: () => {},
    onStderr: () => {},
    onMessage: () => {},
    send: () => {},
    write: () => {},
    end: () => {},
    signal: async () => true,
  };
}
