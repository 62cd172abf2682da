import type { Files } from './project.ts';

/** A project that has something of everything, for tests that change it. */
export const RICH: Files = {
  'compose.yaml': `name: rich
include:
  - other/compose.yaml
  - {path: [more/compose.yaml], project_directory: more, env_file: more/vars.env}
x-base: &base
  restart: always
  logging: {driver: json-file, options: {max-size: 10m}}
x-aws: {profile: balanced, namespace: rich.local, log_retention: 30}
x-aws-cloudformation: {Resources: {Extra: {Type: 'AWS::SNS::Topic'}}}
services:
  web:
    <<: *base
    image: "nginx:\${TAG:-1.27}"
    ports: ["80:80", "127.0.0.1:9000-9001:9000-9001", {target: 53, published: 53, protocol: udp}]
    depends_on: {api: {condition: service_healthy}, migrate: {condition: service_completed_successfully}}
    links: ["api:backend"]
    volumes: ["./web:/usr/share/nginx/html:ro", "data:/data", {type: tmpfs, target: /cache, tmpfs: {size: 64m}}]
    tmpfs: /run:size=16m
    configs: [site]
    secrets: [{source: token, target: web_token, uid: "101", gid: "101", mode: 0440}]
    networks: {front: {aliases: [www]}, back: }
    deploy:
      replicas: 2
      update_config: {order: start-first, parallelism: 1, x-aws-min_percent: 50}
      resources: {limits: {cpus: "0.5", memory: 512M}}
      x-aws-autoscaling: {min: 1, max: 4, cpu: 75}
    x-aws: {host: www.example.com, path: /*, calls: [api], egress: [587]}
  api:
    extends: {file: base/common.yaml, service: node}
    build: {context: api, args: [V=1], secrets: [token], additional_contexts: {lib: ./lib}}
    environment: {DB: "postgres://db:5432/\${DB:?set it}", FROM: }
    env_file: [{path: api.env, required: false}]
    healthcheck: {test: curl -f localhost:8080/ok, interval: 1m30s, timeout: 5s, retries: 3, start_period: 10s}
    develop: {watch: [{path: ./api, action: sync+restart, target: /app, ignore: [node_modules/]}]}
    ulimits: {nofile: {soft: 1024, hard: 4096}, nproc: 100}
    cap_drop: [ALL]
    networks: [back]
    command: node server.js --port "8080"
    x-aws-policies: [arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess]
  migrate:
    image: node:20
    command: [node, migrate.js]
    restart: "no"
    networks: [back]
  side: {image: "envoy:1", network_mode: "service:web"}
  debug: {image: "tools:1", profiles: [debug], privileged: true, environment: {X: $UNSET}}
networks: {front: , back: {driver: bridge}}
volumes:
  data: {x-aws: {state: efs}, driver_opts: {uid: "0"}}
  local: {driver_opts: {type: none, o: bind, device: ./local}}
configs: {site: {content: "server \${TAG:-x}"}}
secrets: {token: {file: ./token.txt}}
`,
  '.env': 'DB=app\n',
  'token.txt': 's3cret',
  'api/Dockerfile': 'FROM node:20 AS run\nEXPOSE 8080\nCOPY --from=lib / /lib\n',
  'base/common.yaml': 'services:\n  node:\n    image: node:20\n    env_file: [own.env]\n    init: true\n',
  'base/own.env': 'OWN=1\n',
  'other/compose.yaml': 'services:\n  cache: {image: "redis:7", volumes: ["./conf:/conf"]}\n',
  'more/compose.yaml': 'services:\n  db: {image: "postgres:${PG}", environment: {PG: }}\n',
  'more/vars.env': 'PG=16\n',
};
