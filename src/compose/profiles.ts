import { nearest } from '../common/nearest.ts';
import { InputError, type Position } from '../common/problem.ts';
import type { Lookup } from './interpolate.ts';
import { type Field, field, type Findings, mapping, texts, wrong } from './read.ts';
import type { Hidden } from './relations.ts';

/** Resources of a template: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MOST_SERVICES = 500;

/** A service before it is read. */
export interface Written {
  readonly service: string;
  readonly key: Position;
  readonly at: Field;
}

/** `--profile`, else COMPOSE_PROFILES. */
export const chosenProfiles = (
  request: { readonly profiles?: readonly string[] },
  lookup: Lookup,
): readonly string[] =>
  request.profiles?.length
    ? request.profiles.flatMap((profile) => profile.split(',')).filter(Boolean)
    : (lookup('COMPOSE_PROFILES') ?? '').split(',').filter(Boolean);

/** Services of the active profiles, and the others; a service without profiles is always there. */
export function divideServices(
  found: Findings,
  project: Field,
  profiles: readonly string[],
  start: Position,
): { readonly active: readonly Written[]; readonly hidden: readonly Hidden[] } {
  const services = field(project, 'services');
  const active: Written[] = [];
  const hidden: Hidden[] = [];
  const known = new Set<string>();
  const count = services?.tree.kind === 'map' ? services.tree.entries.size : 0;
  if (count > MOST_SERVICES)
    throw new InputError([
      {
        code: 'compose-too-large',
        message: `the project has ${count} services, more than the ${MOST_SERVICES} resources of a stack`,
        position: start,
        fix: 'divide it into projects',
      },
    ]);
  for (const [service, { key, value }] of mapping(found, services)?.entries ?? []) {
    const at: Field = { tree: value, name: `services.${service}` };
    const own = texts(found, field(at, 'profiles')).map((profile) => profile.value);
    for (const profile of own) known.add(profile);
    const isActive =
      own.length === 0 || profiles.includes('*') || own.some((profile) => profiles.includes(profile));
    if (isActive) active.push({ service, key, at });
    else hidden.push({ name: service, profiles: own });
  }
  for (const profile of profiles)
    if (profile !== '*' && !known.has(profile)) unknown(found, profile, known, start);
  if (!services || (active.length + hidden.length === 0 && found.problems.length === 0))
    wrong(
      found,
      start,
      'the project has no services',
      'write `services:` and a service below it',
      'compose-empty',
    );
  else if (active.length === 0 && hidden.length > 0)
    wrong(
      found,
      start,
      'every service is in a profile, and none is active',
      `give --profile ${[...known].join(', or --profile ')}`,
      'compose-empty',
    );
  return { active, hidden };
}

/** No error, as with Docker Compose: the profile may be another file's. */
function unknown(found: Findings, profile: string, known: ReadonlySet<string>, position: Position): void {
  const near = nearest(profile, known);
  const others = [...known].join(', ');
  found.notices.push({
    code: 'compose-unknown-profile',
    message: `no service is in the profile ${profile}${near ? `: is ${near} meant?` : others ? `; the profiles are ${others}` : ', nor in any other'}`,
    position,
  });
}
