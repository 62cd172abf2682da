import { describe, expect, it } from 'vitest';
import { InputError } from '../../common/problem.ts';
import type { Build } from '../../compose/app.ts';
import { requestOf } from '../images.ts';
import type { Style, Terminal } from '../terminal.ts';
import { plainBuilds } from './plain.ts';

const same = (text: string) => text;
const style: Style = { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same };

function terminal() {
  let written = '';
  const end: Terminal = {
    out: () => {},
    err: (text) => void (written += text),
    interactive: false,
    columns: () => 80,
    style,
    outStyle: style,
  };
  return { end, written: () => written };
}

describe('the builds of a project, in plain text', () => {
  it('tell what is done and count what was there', () => {
    const { end, written } = terminal();
    const watch = plainBuilds(end);
    for (const service of ['api', 'web']) {
      watch.line(service, 'builder: docker (docker 28 is on this machine)');
      watch.line(service, 'node:20 stands in: Node 20');
      watch.line(service, '[1/2] RUN a (cached)', { kind: 'cached', step: '[1/2] RUN a' });
      watch.line(service, '[2/2] RUN b', { kind: 'began', step: '[2/2] RUN b' });
      watch.line(service, 'said', { kind: 'output', step: '[2/2] RUN b' });
      watch.line(service, '[2/2] RUN b (0.1s)', { kind: 'done', step: '[2/2] RUN b' });
      watch.built(service, 'sha256:12');
    }
    const [first, ...rest] = written().trim().split('\n');
    expect(first).toBe('api: builder: docker (docker 28 is on this machine)');
    expect(rest.map((line) => line.replace(/in \S+ \S+ \(/, '('))).toEqual(
      ['api', 'web'].flatMap((service) => [
        `${service}: [2/2] RUN b`,
        `${service}: said`,
        `${service}: [2/2] RUN b (0.1s)`,
        `${service}: built sha256:12 (2 steps, 1 cached)`,
      ]),
    );
  });

  it('say nothing where nothing was to be done', () => {
    const { end, written } = terminal();
    const watch = plainBuilds(end);
    watch.line('api', "builder: Fairway's own (as asked for)");
    watch.line('api', '[1/1] RUN a (cached)', { kind: 'cached', step: '[1/1] RUN a' });
    watch.built('api', 'sha256:12');
    expect(written()).toBe('');
  });
});

describe('a build of a compose file', () => {
  const position = { file: 'compose.yaml', line: 1, column: 1 };
  const build: Build = {
    context: './api',
    dockerfile: '../Dockerfile',
    args: { A: 'b' },
    inline: 'FROM busybox\n',
    noCache: true,
    secrets: [
      { name: 'file', from: { kind: 'file', path: './token' }, position },
      { name: 'set', from: { kind: 'environment', variable: 'T', value: 'v' }, position },
      { name: 'unset', from: { kind: 'environment', variable: 'U' }, position },
    ],
    contexts: { shared: '../shared', base: 'docker-image://alpine' },
    images: [],
    expose: [],
    position,
  };
  it('has absolute paths and what its secrets hold', () => {
    expect(requestOf({ name: 'jobs', directory: '/p' }, 'api', build)).toEqual({
      repository: 'jobs/api',
      context: '/p/api',
      dockerfile: '../Dockerfile',
      args: { A: 'b' },
      inline: 'FROM busybox\n',
      noCache: true,
      secrets: { file: { file: '/p/token' }, set: { content: 'v' } },
      contexts: { shared: '/shared', base: 'docker-image://alpine' },
    });
  });
  it('cannot read a secret of the account', () => {
    const secrets: Build['secrets'] = [{ name: 'x', from: { kind: 'external', name: 'y' }, position }];
    expect(() => requestOf({ name: 'jobs', directory: '/p' }, 'api', { ...build, secrets })).toThrow(
      InputError,
    );
  });
});
