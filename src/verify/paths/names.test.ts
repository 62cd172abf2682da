import { expect, it } from 'vitest';
import { imageSource } from './image-source.ts';
import { mentionsIn } from './names.ts';
import { HOLE } from './references.ts';

it.each([
  ['API_URL', 'http://api.local:5000/v1', ['api.local:5000']],
  ['DATABASE_URL', 'postgresql+asyncpg://user:pa@db.local/todo', ['db.local']],
  ['JDBC', 'jdbc:mysql://db:3306/shop', ['db:3306']],
  ['REDIS_HOST', 'redis', ['redis']],
  ['BROKERS', 'a.local:9092,b.local:9092', ['a.local:9092', 'b.local:9092']],
  ['UPSTREAM', 'api:5000', ['api:5000']],
  // No address at all.
  ['CACHE_TYPE', 'redis', []],
  ['IMAGE', 'redis:7', []],
  ['BUCKET', 's3://assets/key', []],
  ['CORS_ORIGIN', 'http://frontend.local', []],
  ['API_URL', `http://${HOLE}:5000`, []],
  ['CONF', 'proxy_pass http://$api:5000;', []],
  ['TIMES', '12:30', []],
] as const)('%s=%s speaks of %j', (name, value, hosts) => {
  const found = mentionsIn(name, value).map(({ host, port }) =>
    port === undefined ? host : `${host}:${port}`,
  );
  expect(found).toEqual(hosts);
});

it.each([
  ['nginx:1.27', 'internet'],
  ['public.ecr.aws/nginx/nginx:1.27', 'internet'],
  ['ghcr.io/me/app@sha256:00', 'internet'],
  ['123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1', 'ecr'],
  ['registry.internal:5000/app', 'private'],
])('%s is pulled from: %s', (image, kind) => {
  expect(imageSource(image, image).kind).toBe(kind);
});
it.each([
  [{ 'Fn::GetAtt': ['Repository', 'RepositoryUri'] }, 'ecr'],
  [{ 'Fn::Join': ['', [{ Ref: 'AWS::AccountId' }, '.dkr.ecr.eu-west-1.amazonaws.com/app']] }, 'ecr'],
  [{ 'Fn::Join': ['', ['docker.io/library/nginx:', { Ref: 'Tag' }]] }, 'internet'],
  [{ Ref: 'Image' }, 'unknown'],
])('%j is pulled from: %s', (raw, kind) => {
  expect(imageSource({ unknown: 'a part is given at deployment' }, raw).kind).toBe(kind);
});
