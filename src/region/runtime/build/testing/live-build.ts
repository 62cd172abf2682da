import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BuildRequest } from '../../runtime.ts';
import { liveRuntime, type LiveRuntime } from '../../testing/live-runtime.ts';

/** Builds in a live runtime, by Fairway's own builder. */
export interface LiveBuild {
  readonly live: LiveRuntime;
  /** Different in each run, so that nothing is cached before. */
  readonly unique: string;
  /** A folder with these files. */
  context(files: Readonly<Record<string, string>>): string;
  build(
    folder: string,
    more?: Partial<BuildRequest>,
  ): Promise<{
    readonly digest: string;
    readonly reference: string;
    readonly cached: boolean;
    readonly told: string[];
  }>;
  /** What a shell in the image prints. */
  sh(reference: string, script: string): Promise<string>;
}

export async function liveBuild(): Promise<LiveBuild> {
  const live = await liveRuntime({ outside: { '203.0.113.77': '127.0.0.1' } });
  let sequence = 0;
  return {
    live,
    unique: `${Date.now()}-${process.pid}`,
    context(files) {
      const folder = live.folder(`context-${sequence++}`);
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), text);
      }
      return folder;
    },
    async build(folder, more = {}) {
      const told: string[] = [];
      const request: BuildRequest = {
        repository: 'test/app',
        context: folder,
        dockerfile: 'Dockerfile',
        args: {},
        builder: 'own',
        ...more,
      };
      const built = await live.runtime.build(request, (line) => told.push(line));
      return { ...built, told };
    },
    sh: async (reference, script) => (await live.run(reference, ['sh', '-c', script])).stdout,
  };
}
