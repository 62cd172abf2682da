import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Netd } from '../../network/netd-client.ts';
import { launchEnvironment } from './context.ts';

/** How this process, which is outside of all namespaces, sees those of a container: by the roots of their processes. */
export interface ContainerProc {
  /** A procfs of the container's own PID namespace; undefined where it cannot be seen (any more). */
  path(): string | undefined;
  /** Kills one of its processes, by its id in the container. */
  kill(pid: string): Promise<void>;
}

/** The container whose program runs `depth` levels below the process `launcher` of netd's PID namespace. */
export function containerProc(netd: Netd, launcher: number, depth: number): ContainerProc {
  const outer = `/proc/${netd.pid}/root/proc`;
  let program: string | undefined;

  function find(): string | undefined {
    if (netd.pid === undefined) return undefined;
    let pid = String(launcher);
    for (let level = 0; level < depth; level++) {
      const [child] = read(`${outer}/${pid}/task/${pid}/children`)?.split(' ') ?? [];
      if (!child) return undefined;
      pid = child;
    }
    return pid;
  }
  return {
    path() {
      program ??= find();
      return program === undefined ? undefined : `${outer}/${program}/root/proc`;
    },
    async kill(pid) {
      const found = program === undefined ? undefined : outside(outer, program, pid);
      if (found !== undefined)
        await netd.run(['/bin/sh', '-c', 'kill -KILL "$1"', 'fairway', found], { env: launchEnvironment });
    },
  };
}

/** The id that a process of the PID namespace of `program` has one level above: pid_namespaces(7), `NSpid` of proc(5). */
function outside(outer: string, program: string, pid: string): string | undefined {
  const namespace = link(`${outer}/${program}/ns/pid`);
  return readdirSync(outer).find((candidate) => {
    if (!/^\d+$/.test(candidate)) return false;
    const [, levels = ''] = /^NSpid:\s+(.*)$/m.exec(read(`${outer}/${candidate}/status`) ?? '') ?? [];
    return levels.split(/\s+/).at(-1) === pid && link(`${outer}/${candidate}/ns/pid`) === namespace;
  });
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

function link(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
