import type { DesignOptions, PathContent } from '../options.ts';
import { type Files, JOBS, withSettings } from './systems.ts';

export interface Golden {
  readonly files: Files | string;
  readonly options?: DesignOptions;
}

const onAws = (files: Files, state: string): Files => ({
  ...files,
  'compose.yaml': files['compose.yaml']!.replace('\n  queue:\n', `\n  queue: {x-aws: {state: ${state}}}\n`),
});

/** What stands on the machine of the goldens. */
const PATHS: Readonly<Record<string, PathContent>> = {
  '/project/nginx.conf': file(
    'nginx.conf',
    'server {\n  listen 80;\n  location / { proxy_pass http://api:5000; }\n}\n',
  ),
  '/project/html': {
    kind: 'folder',
    complete: true,
    files: [
      { path: 'index.html', text: '<h1>Grüße</h1>\n', bytes: 17, mode: 0o644 },
      { path: 'css/site.css', text: 'h1 { color: teal }\n', bytes: 19, mode: 0o644 },
    ],
  },
};

function file(path: string, text: string): PathContent {
  return { kind: 'file', file: { path, text, bytes: text.length, mode: 0o644 } };
}
const readPath: NonNullable<DesignOptions['readPath']> = (path) => PATHS[path];

/** Each is a file in golden/. */
export const GOLDENS: Readonly<Record<string, Golden>> = {
  affordable: { files: JOBS, options: { target: 'local' } },
  balanced: {
    files: withSettings(
      onAws(JOBS, 'ebs'),
      '{profile: balanced, namespace: jobs.internal, log_retention: 30}',
    ),
  },
  'highly-available': { files: withSettings(onAws(JOBS, 'efs'), '{profile: highly-available}') },
  'nothing-public': {
    files: `name: inside
services:
  database: {image: 'postgres:16', volumes: ['data:/var/lib/postgresql/data', /scratch]}
  batch: {image: 'batch:1', environment: {DATABASE_URL: 'postgres://u:p@database/x'}, read_only: true, x-aws: {worker: true}}
volumes: {data: {x-aws: {state: ephemeral}}}
`,
  },
  'two-listeners': {
    files: `name: two
services:
  front: {image: 'nginx:1', ports: ['80:80', '8080:8081'], x-aws: {health_path: /up, egress: [587]}}
  back: {image: 'back:1', ports: ['9000'], platform: linux/arm64, cpus: 1.5, mem_limit: 3g, labels: {a: b}, user: '1000', working_dir: /app}
`,
  },
  'shared-listener': {
    files: `name: shared
services:
  site: {image: 'nginx:1', ports: ['80:80']}
  api: {image: 'api:1', ports: ['80:5000'], x-aws: {path: /api}}
  admin: {image: 'admin:1', ports: ['80:6000'], x-aws: {host: admin.example.com}}
  reports: {image: 'reports:1', ports: ['80:7000'], x-aws: {host: admin.example.com, path: /reports/*}}
`,
  },
  'network-load-balancer': {
    files: `name: games
services:
  game:
    image: game:1
    ports: ['7777:7777/udp', {target: 7778, published: '7778', app_protocol: tcp}, '127.0.0.1:9999:9999']
    expose: ['8080']
  dns: {image: 'dns:1', ports: ['53:53/udp', '53:53/tcp']}
  database: {image: 'postgres:16', ports: ['5432:5432']}
`,
  },
  forwards: {
    files: `name: near
services:
  web: {image: 'nginx:1', ports: ['127.0.0.1:8080:80'], volumes: ['./html:/usr/share/nginx/html:ro']}
  database: {image: 'postgres:16', ports: ['5432:5432'], volumes: ['data:/var/lib/postgresql/data'], x-aws: {worker: true}}
volumes: {data: }
`,
    options: { target: 'local', readPath },
  },
  sidecar: {
    files: `name: beside
services:
  app:
    image: app:1
    ports: ['80:8080']
    depends_on:
      proxy: {condition: service_healthy}
    mem_limit: 700m
  proxy:
    image: envoy:1
    network_mode: service:app
    mem_limit: 700m
    init: true
    tty: true
    ulimits: {nofile: {soft: 1000, hard: 2000}}
    cap_add: [SYS_PTRACE]
    environment: {DATABASE_URL: 'postgres://u:p@database/x'}
    healthcheck: {test: [CMD, 'true']}
  database: {image: 'postgres:16', container_name: pg, networks: {default: {aliases: [db.internal]}}}
`,
  },
  'init-container': {
    files: {
      'compose.yaml': `name: migrating
services:
  web:
    build: ./web
    ports: ['80:3000']
    depends_on:
      migrate: {condition: service_completed_successfully}
      database: {condition: service_healthy}
  migrate:
    build: ./migrate
    depends_on:
      database: {condition: service_healthy}
    environment: {DATABASE_URL: 'postgres://u:p@database/x'}
  seed:
    image: seed:1
    restart: 'no'
    environment: {DATABASE_URL: 'postgres://u:p@database/x'}
  database:
    image: postgres:16
    healthcheck: {test: [CMD, pg_isready]}
`,
      'web/Dockerfile': 'FROM node:20\nEXPOSE 3000\n',
      'migrate/Dockerfile': 'FROM node:20\nCMD ["node", "migrate.js"]\n',
    },
  },
  files: {
    files: {
      'password.txt': 'secret\n',
      'compose.yaml': `name: files
services:
  web:
    image: nginx:1
    ports: ['80:80']
    configs: [{source: banner, target: /etc/nginx/banner.txt}]
    secrets: [password, {source: token, target: /etc/token, mode: 0400, uid: '101', gid: '101'}, shared]
    volumes: ['/project/nginx.conf:/etc/nginx/conf.d/default.conf:ro', '/project/html:/usr/share/nginx/html:ro']
    depends_on: [api]
  api: {image: 'api:1', expose: ['5000']}
configs:
  banner: {content: "hello\\n"}
secrets:
  password: {file: ./password.txt}
  token: {environment: TOKEN}
  shared: {external: true, name: team/shared}
`,
    },
    options: { readPath, directory: '/project' },
  },
  scaled: {
    files: `name: scaled
x-aws-cluster: shared
x-aws-cloudformation:
  Resources:
    WebLogGroup: {Properties: {RetentionInDays: 90, KmsKeyId: "arn:aws:kms:eu-west-1:123456789012:key/1"}}
services:
  web:
    image: registry.example.com/web:1
    ports: ['80:80']
    x-aws-pull_credentials: arn:aws:secretsmanager:eu-west-1:123456789012:secret:pull-AbCdEf
    x-aws-policies: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess']
    x-aws-role:
      Version: '2012-10-17'
      Statement: [{Effect: Allow, Action: 'sqs:SendMessage', Resource: 'arn:aws:sqs:eu-west-1:123456789012:jobs'}]
    deploy:
      x-aws-autoscaling: {min: 1, max: 10, cpu: 75}
      update_config: {x-aws-min_percent: 50, x-aws-max_percent: 150}
`,
  },
  'requests-scaled': {
    files: `name: requests
services:
  web:
    image: 'nginx:1'
    ports: ['80:80']
    x-aws: {autoscaling: {min: 2, max: 8, memory: 60, requests: 1000}}
`,
    options: { target: 'local' },
  },
  learn: {
    files: `name: learning
services:
  front: {image: 'front:1', ports: ['80:80'], networks: [edge]}
  carts: {image: 'carts:1', networks: [edge, data]}
  carts-db: {image: 'mongo:4', networks: [data]}
networks: {edge: , data: }
`,
    options: { target: 'local', learn: true },
  },
};
