import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseTemplate } from '../template/index.ts';
import { design } from './design.ts';
import { renderTemplate } from './synth.ts';
import { appOf, type Files, JOBS, withSettings } from './testing/systems.ts';

const SYSTEMS: Readonly<Record<string, Files | string>> = {
  affordable: JOBS,
  balanced: withSettings(JOBS, '{profile: balanced, namespace: jobs.internal, log_retention: 30}'),
  'highly-available': withSettings(JOBS, '{profile: highly-available}'),
  'nothing-public': `name: inside
services:
  database: {image: 'postgres:16', volumes: ['data:/var/lib/postgresql/data', /scratch]}
  batch: {image: 'batch:1', environment: {DATABASE_URL: 'postgres://u:p@database/x'}, read_only: true}
volumes: {data: }
`,
  'two-listeners': `name: two
services:
  front: {image: 'nginx:1', ports: ['80:80', '8080:8081'], x-aws: {health_path: /up, egress: [587]}}
  back: {image: 'back:1', ports: ['9000'], platform: linux/arm64, cpus: 1.5, mem_limit: 3g, labels: {a: b}, user: '1000', working_dir: /app}
`,
};

describe.each(Object.entries(SYSTEMS))('%s', (name, files) => {
  const text = renderTemplate(design(appOf(files)).template);

  it('is what it was', () => expect(text).toMatchFileSnapshot(`golden/${name}.yaml`));

  it('reads back as the same template', () => {
    const { template } = parseTemplate(text);
    expect(template).toEqual(design(appOf(files)).template);
  });

  it.skipIf(!hasCfnLint())('passes cfn-lint without a word', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fairway-lint-'));
    try {
      writeFileSync(join(folder, 'template.yaml'), text);
      expect(lint(join(folder, 'template.yaml'))).toBe('');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function hasCfnLint(): boolean {
  try {
    execFileSync('cfn-lint', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function lint(file: string): string {
  try {
    return execFileSync('cfn-lint', [file], { encoding: 'utf8' });
  } catch (error) {
    return String((error as { stdout?: string }).stdout);
  }
}
