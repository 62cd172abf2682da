import { describe, expect, it } from 'vitest';
import { read, wrong } from '../testing/project.ts';
import { app, only, plain, text } from '../testing/service.ts';

describe('deploy', () => {
  it.each([
    ['order: start-first', 100, 200],
    ['order: stop-first', 0, 100],
    ['order: stop-first, parallelism: 1', 66, 100],
    ['order: start-first, parallelism: 1', 100, 134],
    ['parallelism: 2', 100, 167],
    ['parallelism: 0', 100, 200],
    ['x-aws-min_percent: 50, x-aws-max_percent: 150', 50, 150],
  ])('update_config {%s}', (config, minimum, maximum) => {
    const { rollout } = only(`deploy: {replicas: 3, update_config: {${config}}}`);
    expect([rollout.minimumHealthyPercent?.value, rollout.maximumPercent?.value]).toEqual([minimum, maximum]);
  });

  it('scales as compose-ecs did', () => {
    expect(only('deploy: {x-aws-autoscaling: {max: 4, cpu: 75}}').settings.autoscaling).toMatchObject({
      min: 1,
      max: 4,
      cpu: 75,
    });
    expect(wrong(text('deploy: {x-aws-autoscaling: {cpu: 75}}'))).toEqual([
      '4:33 services.a.deploy.x-aws-autoscaling has no max',
    ]);
  });
});

describe('the keys of compose-ecs', () => {
  it('are read', () => {
    const project = app(
      'x-aws-policies: ["arn:aws:iam::aws:policy/X"]\nx-aws-role: {Version: "2012-10-17", Statement: [{Effect: Allow}]}\nx-aws-pull_credentials: arn:aws:secretsmanager:eu-west-1:1:secret:x',
      'x-aws-vpc: vpc-1\nx-aws-cluster: main\nx-aws-loadbalancer: arn:lb\nx-aws-logs_retention: 30\nx-aws-cloudformation: {Resources: {A: {Properties: {N: 1}}}}\n',
    );
    expect(plain(project.settings)).toMatchObject({
      existing: { vpc: { value: 'vpc-1' }, cluster: { value: 'main' }, loadBalancer: { value: 'arn:lb' } },
      logRetentionDays: 30,
    });
    expect(project.overlay?.value).toEqual({ Resources: { A: { Properties: { N: 1 } } } });
    expect(project.services[0]?.settings).toMatchObject({
      policies: [{ value: 'arn:aws:iam::aws:policy/X' }],
      role: { value: { Statement: [{ Effect: 'Allow' }] } },
      pullCredentials: { value: 'arn:aws:secretsmanager:eu-west-1:1:secret:x' },
    });
    expect(wrong(text('x-aws-policies: [X]'))).toEqual(['4:22 "X" is no ARN']);
  });
});

describe('labels, builds and watching', () => {
  it('label_file stands below labels', () =>
    expect(
      read({ 'compose.yaml': text('label_file: l.env\nlabels: [a=2]'), 'l.env': 'a=1\nb=1\n' }).services[0]
        ?.labels,
    ).toEqual({ a: '2', b: '1' }));

  it('build has an inline Dockerfile, contexts, secrets and a platform', () => {
    const { services } = read(
      `services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM base AS x\n        EXPOSE 80\n      target: x\n      additional_contexts: [base=docker-image://alpine:3]\n      secrets: [{source: s, target: npm}]\n      platforms: [linux/arm64]\nsecrets: {s: {environment: S}}\n`,
      { environment: { S: '1' } },
    );
    expect(plain(services[0]?.build)).toEqual({
      context: '.',
      dockerfile: 'Dockerfile',
      inline: 'FROM base AS x\nEXPOSE 80\n',
      target: 'x',
      args: {},
      contexts: { base: 'docker-image://alpine:3' },
      secrets: [{ name: 'npm', from: { kind: 'environment', variable: 'S', value: '1' } }],
      baseImage: 'alpine:3',
      images: [{ value: 'alpine:3' }],
      expose: [{ port: 80, protocol: 'tcp' }],
    });
    expect(services[0]?.architecture).toBe('ARM64');
  });

  it('develop.watch has absolute paths', () => {
    expect(
      plain(
        only(
          'develop: {watch: [{path: ./src/, action: sync+exec, target: /x, ignore: a, exec: {command: kill -HUP 1}}]}',
        ).watch,
      ),
    ).toEqual([
      {
        action: 'sync+exec',
        path: '/p/src',
        target: '/x',
        ignore: ['a'],
        include: [],
        exec: ['kill', '-HUP', '1'],
        initialSync: false,
      },
    ]);
    expect(wrong(text('develop: {watch: [{path: s, action: sync}]}'))).toEqual([
      '4:23 services.a.develop.watch[0] syncs to no absolute target',
    ]);
  });
});
