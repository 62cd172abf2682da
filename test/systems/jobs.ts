import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { design } from '../../src/architect/design.ts';
import { renderTemplate } from '../../src/architect/synth.ts';
import { readProject } from '../../src/compose/project.ts';
import type { System } from './system.ts';

const folder = fileURLToPath(new URL('../../examples/jobs', import.meta.url));

/** As `fairway synth` writes it. */
function synthesized(): string {
  const app = readProject({
    paths: ['compose.yaml'],
    environment: {},
    currentFolder: folder,
    readFile(path) {
      const file = resolve(folder, path);
      return statSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file, 'utf8') : undefined;
    },
  });
  return renderTemplate(design(app, { target: 'aws' }).template);
}

export const jobs: readonly System[] = [
  {
    name: 'jobs',
    text: synthesized(),
    untold: ['a program that the image does not have', 'a name that a file of the image resolves once'],
    mistakes: [
      {
        name: 'an image for arm64 on x86-64',
        changes: [{ resource: 'RedisTaskDefinition', from: 'Image: redis:7', to: 'Image: arm64v8/redis:7' }],
        finds: [
          { id: 'image-architecture', resource: 'RedisTaskDefinition', line: 'Image: arm64v8/redis:7' },
        ],
      },
      {
        name: 'a command line as one word',
        changes: [
          {
            resource: 'RedisTaskDefinition',
            from: "- redis-server\n            - --appendonly\n            - 'yes'\n",
            to: '- redis-server --appendonly yes\n',
          },
        ],
        finds: [
          {
            id: 'command-not-a-list',
            resource: 'RedisTaskDefinition',
            line: 'Command:',
          },
        ],
      },
      {
        name: 'no public address, NAT gateway or endpoint',
        changes: [
          { resource: 'WorkerService', from: 'AssignPublicIp: ENABLED', to: 'AssignPublicIp: DISABLED' },
        ],
        finds: [{ id: 'image-unreachable', resource: 'WorkerService', line: 'AssignPublicIp: DISABLED' }],
      },
      {
        name: 'no rule for the group of the API',
        changes: [
          { resource: 'RedisIngressFromApiPort6379' },
          { resource: 'ApiService', from: 'RedisIngressFromApiPort6379' },
        ],
        finds: [{ id: 'service-unreachable', resource: 'RedisSecurityGroup', line: 'RedisSecurityGroup:' }],
      },
      {
        name: 'SRV records for who asks for addresses',
        changes: [{ resource: 'RedisDiscovery', from: 'Type: A\n', to: 'Type: SRV\n' }],
        finds: [
          { id: 'name-does-not-resolve', resource: 'RedisDiscovery', line: 'Type: SRV' },
          // Of the API, and of the worker.
          { id: 'name-does-not-resolve', resource: 'RedisDiscovery', line: 'Type: SRV' },
        ],
      },
      {
        name: 'latest, which a push does not deploy',
        changes: [{ resource: 'RedisTaskDefinition', from: 'Image: redis:7', to: 'Image: redis:latest' }],
        finds: [{ id: 'tag-latest', resource: 'RedisTaskDefinition', line: 'Image: redis:latest' }],
      },
      {
        name: 'targets of type instance for Fargate',
        changes: [{ resource: 'WebTargetGroup80', from: 'TargetType: ip', to: 'TargetType: instance' }],
        finds: [{ id: 'target-type-mismatch', resource: 'WebTargetGroup80', line: 'TargetType: instance' }],
      },
      {
        name: 'a name that nginx resolves once',
        changes: [
          {
            resource: 'WebTaskDefinition',
            from: '          Essential: true\n',
            to: '          Essential: true\n          Command: [sh, -c, "echo \'location /api/ { proxy_pass http://api.local:5000; }\' > /etc/nginx/conf.d/default.conf; exec nginx"]\n',
          },
        ],
        finds: [{ id: 'name-resolved-once', resource: 'WebTaskDefinition', line: 'Command:' }],
      },
    ],
  },
];
