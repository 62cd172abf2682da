import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { invoke } from '../check/testing/invoke.ts';
import { command } from './check.ts';

const fixtures = new URL('../../verify/checks/fixtures/', import.meta.url);
const fixture = (name: string) => readFileSync(new URL(name, fixtures), 'utf8');
const wrong = fixture('fargate-size.wrong.yaml');
const line = wrong.split('\n').findIndex((text) => text.includes('# <- fargate-size')) + 1;
const check = (args: readonly string[], files: Readonly<Record<string, string>>) =>
  invoke(command, args, files);
const only = ['--region', 'eu-west-1'];

interface Json {
  readonly findings: readonly Record<string, unknown>[];
  readonly counts: Record<string, number>;
  readonly unknowns: readonly Record<string, unknown>[];
  readonly ignored: readonly Record<string, unknown>[];
}
const json = async (args: readonly string[], files: Readonly<Record<string, string>>) =>
  JSON.parse((await check([...args, '--format', 'json'], files)).out) as Json;
const sizes = ({ findings }: Json) => findings.filter(({ id }) => id === 'fargate-size');

describe('fairway check', () => {
  it('shows the line, why, and what to write, and exits 1', async () => {
    const { code, out } = await check(['t.yaml', ...only], { 't.yaml': wrong });
    expect(code).toBe(1);
    expect(out).toContain(`${line}:7  error fargate-size  Task.Cpu`);
    expect(out).toMatch(/│ {7}\^{10}\n/);
    expect(out).toContain("fix write Cpu: '512' and Memory: '4096'");
    expect(out).toContain('docs/checks/fargate-size.md');
  });

  it('exits 0 where nothing is wrong, and with --strict 1 on a warning', async () => {
    const files = { 't.yaml': fixture('tag-latest.wrong.yaml') };
    const { warnings, errors } = (await json(['t.yaml'], files)).counts;
    expect({ errors, some: warnings! > 0 }).toEqual({ errors: 0, some: true });
    expect((await check(['t.yaml'], files)).code).toBe(0);
    expect((await check(['t.yaml', '--strict'], files)).code).toBe(1);
  });

  it('gives JSON with place, fix and counts', async () => {
    const result = await json(['t.yaml'], { 't.yaml': wrong });
    expect(sizes(result)).toMatchObject([
      {
        severity: 'error',
        resource: 'Task',
        property: 'Cpu',
        file: 't.yaml',
        line,
        column: 7,
        fix: { edits: [{ kind: 'set' }, { kind: 'set' }] },
      },
    ]);
    expect(result.counts.errors).toBe(result.findings.filter(({ severity }) => severity === 'error').length);
  });

  it('gives workflow commands for GitHub', async () => {
    const { out } = await check(['t.yaml', '--format', 'github'], { 't.yaml': wrong });
    expect(out).toContain(`::error file=t.yaml,line=${line},col=7,title=fargate-size (Task)::`);
    expect(
      out
        .split('\n')
        .filter(Boolean)
        .every((text) => text.startsWith('::')),
    ).toBe(true);
  });

  it('gives SARIF 2.1.0 with what the format requires', async () => {
    const { out } = await check(['t.yaml', '--format', 'sarif'], { 't.yaml': wrong });
    const log = JSON.parse(out) as {
      readonly version: string;
      readonly runs: readonly {
        readonly tool: {
          readonly driver: { readonly name: string; readonly rules: readonly { id: string }[] };
        };
        readonly results: readonly Record<string, unknown>[];
      }[];
    };
    expect(log.version).toBe('2.1.0');
    const [run] = log.runs;
    const { rules, name } = run!.tool.driver;
    expect(name).toBe('fairway');
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    const result = run!.results.find(({ ruleId }) => ruleId === 'fargate-size')!;
    expect(rules[Number(result.ruleIndex)]?.id).toBe('fargate-size');
    expect(result).toMatchObject({
      level: 'error',
      message: { text: expect.stringMatching(/^Cpu 256/) as unknown },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 't.yaml' },
            region: { startLine: line, startColumn: 7 },
          },
        },
      ],
    });
  });

  it('writes fixes with --yes, keeps what it does not touch, and finds nothing more', async () => {
    const ran = await check(['t.yaml', '--fix', '--yes', ...only], { 't.yaml': wrong });
    expect(ran.err).toContain("-      Cpu: '256'");
    expect(ran.file('t.yaml')).toContain("Cpu: '512' # <- fargate-size");
    expect(sizes(await json(['t.yaml'], { 't.yaml': ran.file('t.yaml') }))).toEqual([]);
  });

  it('asks nobody where nobody is', async () => {
    await expect(check(['t.yaml', '--fix'], { 't.yaml': wrong })).rejects.toThrow('there is nobody to ask');
  });

  it('refuses what is no template, an unknown format and an unknown parameter', async () => {
    const files = { 't.yaml': wrong, 'x.yaml': 'a: [' };
    await expect(check(['none.yaml'], files)).rejects.toThrow('there is no file none.yaml');
    await expect(check(['x.yaml'], files)).rejects.toThrow('x.yaml:1:');
    await expect(check(['t.yaml', '--format', 'xml'], files)).rejects.toThrow('text, json, sarif, github');
    await expect(check(['t.yaml', '--parameter', 'A=1'], files)).rejects.toThrow(
      'no template has a parameter',
    );
  });

  it('takes values of parameters', async () => {
    const text = wrong
      .replace('Resources:', "Parameters:\n  Size: {Type: String, Default: '256'}\nResources:")
      .replace("Cpu: '256'", 'Cpu: !Ref Size');
    expect(sizes(await json(['t.yaml'], { 't.yaml': text }))).toHaveLength(1);
    expect(sizes(await json(['t.yaml', '--parameter', 'Size=512'], { 't.yaml': text }))).toEqual([]);
  });
});

describe('ignore', () => {
  const ignoring = (entry: string) => ({ 't.yaml': wrong, 'fairway.yaml': `ignore:\n  - ${entry}\n` });

  it('takes a finding away for a reason', async () => {
    const result = await json(
      ['t.yaml'],
      ignoring('{id: fargate-size, resource: Task, reason: tried by hand}'),
    );
    expect(sizes(result)).toEqual([]);
    expect(result.ignored).toMatchObject([{ id: 'fargate-size', reason: 'tried by hand' }]);
  });

  it('is an error without a reason, and a warning where it matches nothing', async () => {
    const without = await json(['t.yaml'], ignoring('{id: fargate-size}'));
    expect(sizes(without)).toHaveLength(1);
    expect(without.findings).toContainEqual(
      expect.objectContaining({
        id: 'ignore-without-reason',
        severity: 'error',
        file: 'fairway.yaml',
        line: 2,
      }),
    );
    const unmatched = await json(['t.yaml'], ignoring('{id: fargate-size, resource: Other, reason: r}'));
    expect(unmatched.findings).toContainEqual(
      expect.objectContaining({ id: 'ignore-unmatched', severity: 'warning' }),
    );
  });

  it('names the check that is meant, and refuses other keys', async () => {
    await expect(check(['t.yaml'], ignoring('{id: fargate-sise, reason: r}'))).rejects.toThrow(
      'write fargate-size',
    );
    await expect(check(['t.yaml'], ignoring('{id: fargate-size, why: r}'))).rejects.toThrow('no "why" here');
  });

  it('may stand beside the resource', async () => {
    const text = wrong.replace(
      /^( +)(Type: AWS::ECS::TaskDefinition)$/m,
      '$1$2\n$1Metadata: {Fairway: {Ignore: [{Id: fargate-size, Reason: tried by hand}]}}',
    );
    const result = await json(['t.yaml'], { 't.yaml': text });
    expect(sizes(result)).toEqual([]);
    expect(result.ignored).toHaveLength(1);
  });
});

describe('what is checked', () => {
  const compose = 'services:\n  web:\n    image: nginx:latest\n    ports: ["80:80"]\n';

  it('finds a project’s mistakes on the lines of its compose file', async () => {
    const { findings } = await json([], { 'compose.yaml': compose });
    expect(findings).toContainEqual(
      expect.objectContaining({
        id: 'tag-latest',
        file: 'compose.yaml',
        line: 3,
        resource: 'WebTaskDefinition',
      }),
    );
    const { out } = await check(['.'], { 'compose.yaml': compose });
    expect(out).toContain('of the template that is designed for service web');
  });

  it('ignores by the service’s name', async () => {
    const settings = 'ignore: [{id: tag-latest, resource: web, reason: rebuilt nightly}]';
    const { findings } = await json([], { 'compose.yaml': compose, 'fairway.yaml': settings });
    expect(findings).toEqual([]);
  });

  it('reads the stacks of an assembly', async () => {
    const manifest = {
      version: '38.0.0',
      artifacts: {
        App: {
          type: 'aws:cloudformation:stack',
          environment: 'aws://unknown-account/unknown-region',
          properties: { templateFile: 'App.template.json' },
        },
      },
    };
    const template = { Resources: { Web: { Type: 'AWS::ECS::Cluster', Properties: { Nme: 'x' } } } };
    const { findings } = await json(['cdk.out'], {
      'cdk.out/manifest.json': JSON.stringify(manifest),
      'cdk.out/App.template.json': JSON.stringify(template, null, 2),
    });
    expect(findings).toMatchObject([
      { id: 'property-unknown', resource: 'Web', file: 'cdk.out/App.template.json', line: 6 },
    ]);
  });

  it('knows what templates that are named together import from each other', async () => {
    const network =
      'Resources:\n  Vpc: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: 10.0.0.0/16}}\nOutputs:\n  Vpc: {Value: !Ref Vpc, Export: {Name: net-vpc}}\n';
    const app =
      'Resources:\n  Subnet: {Type: "AWS::EC2::Subnet", Properties: {VpcId: !ImportValue net-vpc, CidrBlock: 10.1.0.0/24}}\n';
    const ids = async (args: readonly string[]) =>
      (await json(args, { 'net.yaml': network, 'app.yaml': app })).findings.map(({ id }) => id);
    expect(await ids(['app.yaml'])).toEqual([]);
    expect(await ids(['net.yaml', 'app.yaml'])).toEqual(['cidr-overlap']);
  });

  it('reads what a region answered', async () => {
    const recorded = fileURLToPath(new URL('../../topology/from-live/testing/jobs', import.meta.url));
    const { findings, unknowns } = await json(['--live', '--recorded', recorded], {});
    expect(findings).toEqual([]);
    expect(new Set(unknowns.map(({ id }) => id))).toEqual(new Set(['not-asked', 'image-architecture']));
    await expect(check(['--live', '--recorded', 'nowhere'], {})).rejects.toThrow('there is no folder');
  });
});
