import type { App } from '../../compose/app.ts';
import type { DesignOptions } from '../options.ts';
import { design } from '../design.ts';
import { InputError } from '../../common/problem.ts';
import { readProject } from '../../compose/project.ts';

export type Files = Readonly<Record<string, string>>;

export function appOf(files: Files | string): App {
  const all: Files = typeof files === 'string' ? { 'compose.yaml': files } : files;
  return readProject({
    paths: ['compose.yaml'],
    environment: { TOKEN: 'from the environment' },
    currentFolder: '/project',
    readFile(path) {
      const name = path.replace(/^\/project\//, '');
      return Object.hasOwn(all, name) ? all[name] : undefined;
    },
  });
}

/** Nothing has to call anybody. */
export const asWorkers = (app: App): App => ({
  ...app,
  services: app.services.map((service) => ({
    ...service,
    settings: { ...service.settings, worker: true },
  })),
});

/** Web, API, queue, worker, with every way of naming a peer. */
export const JOBS: Files = {
  'compose.yaml': `name: jobs
services:
  web:
    image: nginx:1.27
    ports: ['80:80']
    depends_on: [api]
  api:
    build: ./api
    environment:
      REDIS_URL: redis://redis.local:6379
    deploy: {replicas: 2}
    healthcheck:
      test: curl -f http://localhost:5000/health
      interval: 10s
      start_period: 20s
  worker:
    build: {context: ./worker, target: run, args: {LEVEL: '3'}}
    command: node worker.js
    environment: [REDIS_HOST=redis, LOG_USER=api, MODE=on]
    stop_grace_period: 20s
  redis:
    image: redis:7
    volumes: ['queue:/data']
volumes:
  queue:
`,
  'api/Dockerfile': 'FROM node:20-slim\nEXPOSE 5000\nCMD ["node", "api.js"]\n',
  'worker/Dockerfile': 'FROM node:20-slim AS run\nCMD ["node", "worker.js"]\n',
};

export const withSettings = (files: Files, settings: string): Files => ({
  ...files,
  'compose.yaml': `x-aws: ${settings}\n${files['compose.yaml']}`,
});

/** What is wrong with a project that nobody has to call, each with a word on how to mend it. */
export function wrongOf(files: Files | string, options: DesignOptions = {}): string[] {
  try {
    design(asWorkers(appOf(files)), options);
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(({ message, fix, position }) =>
      position && fix ? message : `${message} (without a place or a fix)`,
    );
  }
}
