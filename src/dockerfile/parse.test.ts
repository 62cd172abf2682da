import { describe, expect, it } from 'vitest';
import { InputError } from '../common/problem.ts';
import { exposedPorts, stageChain } from './expose.ts';
import { healthCheckOf } from './health-check.ts';
import { neededStages } from './needs.ts';
import { pairs } from './pairs.ts';
import { foreignImages } from './images.ts';
import { parseDockerfile } from './parse.ts';
import { expandWord } from './words.ts';

const parse = (text: string) => parseDockerfile(text, 'Dockerfile');
const only = (text: string) => parse(`FROM a\n${text}`).stages[0]?.instructions[0];
const problems = (text: string) => {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof InputError)
      return error.problems.map((problem) => `${problem.position?.line}: ${problem.message}`);
    throw error;
  }
  return [];
};

describe('parseDockerfile', () => {
  it('reads stages with their names, platforms and positions', () => {
    const file = parse(
      'ARG V=7\nFROM --platform=linux/amd64 node:$V AS Build\nRUN x\nFROM build\nCMD ["a"]\n',
    );
    expect(file.globals.map((arg) => arg.args)).toEqual([['V=7']]);
    expect(
      file.stages.map(({ from, as, platform, position }) => [from, as, platform, position.line]),
    ).toEqual([
      ['node:$V', 'build', 'linux/amd64', 2],
      ['build', undefined, undefined, 4],
    ]);
    expect(stageChain(file).stages).toHaveLength(2);
    expect(stageChain(file).base).toBe('node:$V');
  });

  it('keeps blanks and escapes of JSON strings', () => {
    expect(only('COPY --chown=1:1 ["a b", "c\\"d/"]')).toMatchObject({
      form: 'json',
      args: ['a b', 'c"d/'],
      flags: [{ name: 'chown', value: '1:1' }],
    });
    expect(only("CMD ['x']")).toMatchObject({ form: 'shell', args: ["['x']"] });
  });

  it('joins continued lines and leaves out comments and empty lines between them', () => {
    const run = only('RUN --mount=type=cache,target=/x a && \\\n  # no\n\n  b "c d" \\\n && e');
    expect(run).toMatchObject({ form: 'shell', flags: [{ name: 'mount', value: 'type=cache,target=/x' }] });
    expect(run?.args).toEqual(['a &&   b "c d"  && e']);
  });

  it('reads here-documents', () => {
    const file = parse(
      'FROM a\nCOPY <<-"A" <<B /d/\n\tone\n\tA\n$two\nB\nRUN <<E cat > /x && \\\n  ls\nhi\n# kept\nE\nUSER b\n',
    );
    const [copy, run, user] = file.stages[0]?.instructions ?? [];
    expect(copy?.args).toEqual(['<<-"A"', '<<B', '/d/']);
    expect(copy?.heredocs).toEqual([
      { name: 'A', content: '\tone\n', expand: false, stripTabs: true },
      { name: 'B', content: '$two\n', expand: true, stripTabs: false },
    ]);
    expect(run?.args).toEqual(['<<E cat > /x &&   ls']);
    expect(run?.heredocs[0]?.content).toBe('hi\n# kept\n');
    expect(user?.position.line).toBe(12);
  });

  it('reads health checks, deferred instructions and pairs', () => {
    expect(only('HEALTHCHECK --interval=5s CMD curl -f x || exit 1')).toMatchObject({
      form: 'shell',
      args: ['CMD', 'curl -f x || exit 1'],
      flags: [{ name: 'interval', value: '5s' }],
    });
    expect(only('HEALTHCHECK CMD ["a", "b"]')).toMatchObject({ form: 'json', args: ['CMD', 'a', 'b'] });
    expect(only('HEALTHCHECK none')).toMatchObject({ args: ['NONE'] });
    expect(only('ONBUILD RUN x y')?.trigger).toMatchObject({ keyword: 'RUN', args: ['x y'] });
    const env = only('ENV A=1 B="x y" C=d\\ e');
    expect(env && pairs(env)).toEqual([
      { name: 'A', value: '1' },
      { name: 'B', value: '"x y"' },
      { name: 'C', value: 'd\\ e' },
    ]);
    const old = only('ENV OLD style value');
    expect(old && pairs(old)).toEqual([{ name: 'OLD', value: 'style value' }]);
  });

  it('understands the escape directive and Windows line ends', () => {
    expect(parse('# escape=`\r\nFROM a\r\nRUN x `\r\n  y\r\n').stages[0]?.instructions[0]?.args).toEqual([
      'x   y',
    ]);
  });

  it('says what is wrong and where, all at once', () => {
    expect(problems('')).toEqual(['1: the Dockerfile has no FROM']);
    expect(problems('RUN x\nFROM a\nRUNN y\nCMD\nFROM a b\nRUN <<E\nx\n')).toEqual([
      '1: RUN stands before the first FROM',
      '3: unknown instruction RUNN',
      '4: CMD has no arguments',
      '5: FROM takes an image and a name: FROM a b',
      '6: the here-document E does not end',
    ]);
  });
});

it('finds what EXPOSE says through stages, ARG and ENV', () => {
  const file = parse(
    'ARG P=1\nFROM a AS b\nARG P\nENV Q=${P}0\nEXPOSE $Q 20-22/udp\nFROM b\nARG R\nEXPOSE ${R:-7} $NONE\n',
  );
  const ports = (args?: Record<string, string>) =>
    exposedPorts(file, undefined, args).map(({ port, protocol }) => `${port}/${protocol}`);
  expect(ports()).toEqual(['10/tcp', '20/udp', '21/udp', '22/udp', '7/tcp']);
  expect(ports({ P: '3', R: '9' })).toEqual(['30/tcp', '20/udp', '21/udp', '22/udp', '9/tcp']);
});

it('finds the foreign images that a target is made from', () => {
  const file = parse(
    'FROM a AS one\nFROM b AS unused\nFROM one AS two\nCOPY --from=c /x /\nFROM scratch\nCOPY --from=TWO /x /\nCOPY --from=$D /x /\n',
  );
  const images = (target?: string) =>
    foreignImages(file, target).map(({ value, position }) => `${position.line} ${value}`);
  expect(images()).toEqual(['1 a', '4 c']);
  expect(images('unused')).toEqual(['2 b']);
});

it('expands words as Docker does', () => {
  const lookup = (name: string) => ({ A: 'a', E: '', P: 'a/b/c.tar.gz' })[name];
  for (const [word, value] of Object.entries({
    '$A/x': 'a/x',
    "'$A'": '$A',
    '"$A b"': 'a b',
    '${E:-d}': 'd',
    '${E-d}': '',
    '${A:+y}': 'y',
    '${N:+y}': '',
    '${N:-${A}b}': 'ab',
    '${P#*/}': 'b/c.tar.gz',
    '${P##*/}': 'c.tar.gz',
    '${P%.*}': 'a/b/c.tar',
    '${P%%.*}': 'a/b/c',
    '${P/b/x}': 'a/x/c.tar.gz',
    '${P//[/]/x}': 'a/b/c.tar.gz',
    '${P//./-}': 'a/b/c-tar-gz',
    '${A:?no}': 'a',
    '\\$A': '$A',
    'a\\ b': 'a b',
    $: '$',
  }))
    expect(expandWord(word, lookup), word).toBe(value);
  expect(() => expandWord('${N:?say which}', lookup)).toThrow('N: say which');
});

it('reads here-documents of ADD as those of COPY', () => {
  const file = parse('FROM a\nADD --chmod=700 <<E /x\nADD <<no\nE\nRUN <<E\nADD <<F\nE\nUSER b\n');
  const [add, run, user] = file.stages[0]?.instructions ?? [];
  expect(add).toMatchObject({ keyword: 'ADD', args: ['<<E', '/x'], text: 'ADD --chmod=700 <<E /x' });
  expect(add?.heredocs[0]?.content).toBe('ADD <<no\n');
  expect(run?.heredocs[0]?.content).toBe('ADD <<F\n');
  expect(user).toMatchObject({ keyword: 'USER', position: { line: 8, column: 1 } });
});

it('finds the health check of a target', () => {
  const file = parse(
    'FROM a AS one\nHEALTHCHECK --interval=1m30s --retries=2 CMD curl -f http://localhost/ || exit 1\nFROM one AS two\nFROM one\nHEALTHCHECK NONE\n',
  );
  expect(healthCheckOf(file, 'two')).toEqual({
    test: ['CMD-SHELL', 'curl -f http://localhost/ || exit 1'],
    intervalSeconds: 90,
    retries: 2,
    position: { file: 'Dockerfile', line: 2, column: 1 },
  });
  expect(healthCheckOf(file)).toMatchObject({ test: ['NONE'] });
  expect(healthCheckOf(parse('FROM a\n'))).toBeUndefined();
  expect(() => healthCheckOf(parse('FROM a\nHEALTHCHECK --interval=5 CMD x\n'))).toThrow('5 is no duration');
});

it('finds the stages that a target needs', () => {
  const file = parse(
    'ARG B=one\nFROM a AS one\nFROM a AS two\nFROM $B AS three\nRUN --mount=type=bind,from=two,target=/x y\nFROM a\nCOPY --from=0 /x /\n',
  );
  const expand = (word: string) => expandWord(word, (name) => ({ B: 'one' })[name]);
  const names = (target?: string) => neededStages(file, target, expand).map((stage) => stage.as ?? '');
  expect(names('three')).toEqual(['one', 'two', 'three']);
  expect(names()).toEqual(['one', '']);
});
