import { describe, expect, it } from 'vitest';
import { acls } from './facts/acls.ts';
import { codes } from './facts/codes.ts';
import { endpoints } from './facts/endpoints.ts';
import { gateways } from './facts/gateways.ts';
import { routes } from './facts/routes.ts';
import { securityGroups } from './facts/security-groups.ts';
import { api, end, web, type World, worldOf } from './facts/world.ts';
import { graphOf } from './graph.ts';
import type { Path, Question } from './model.ts';
import { reach } from './reach.ts';

const ask = (world: World, question: Partial<Question>): Path =>
  reach(graphOf(worldOf(world)), { from: end(web), to: end(api), protocol: 'tcp', port: 5000, ...question });

describe.each([
  ['security groups', securityGroups],
  ['network ACLs', acls],
  ['routes', routes],
  ['gateways and peerings', gateways],
  ['endpoints', endpoints],
])('%s', (_, facts) => {
  it.each(facts)('%s: %s', (_id, _says, world, question, verdict) => {
    expect(ask(world, question)).toMatchObject({ verdict });
  });
});

it.each(codes)('%s: %s', (_id, _says, world, question, verdict, code) => {
  const path = ask(world, question);
  expect(path.verdict).toBe(verdict);
  expect(path.hops.flatMap((hop) => hop.code ?? [])).toContain(code);
});

it('there are a hundred of them', () => {
  const all = [securityGroups, acls, routes, gateways, endpoints, codes].flat();
  expect(all.length).toBeGreaterThanOrEqual(100);
});
