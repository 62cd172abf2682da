import type { Origin, SecurityGroup } from '../../../topology/model.ts';
import { known } from '../../../topology/system.ts';
import type { Party } from '../../ends.ts';
import { editsFor } from '../../edits-for.ts';
import type { Check, Context, Edit, Report } from '../../model.ts';
import { callsOf } from '../../paths/calls.ts';
import { listed } from '../../paths/words.ts';
import { cover, internet } from '../../reach/addresses.ts';
import { matchesPort, protocolOf } from '../../reach/match.ts';
import { cannotTell, found, under } from '../../report.ts';

export const databaseOpenToWorld: Check = {
  id: 'database-open-to-world',
  title: 'Databases admit those that use them',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html',
  why: 'Whoever finds the address may try passwords; scanners find open database ports within minutes.',
  *find(context) {
    const { system } = context;
    for (const { id, name, origin, publiclyAccessible } of system.databases) {
      const isPublic = known(publiclyAccessible);
      const at = under(origin, 'PubliclyAccessible');
      if (typeof publiclyAccessible === 'object') yield cannotTell(id, at, publiclyAccessible.unknown);
      if (isPublic)
        yield found(id, at, {
          message: `${name} is publicly accessible: it gets an address of the internet`,
          fix: {
            says: 'write PubliclyAccessible: false',
            edits: [
              { kind: 'set', path: [...origin.path, 'Properties', 'PubliclyAccessible'], value: false },
            ],
          },
        });
    }
    for (const [group, keepers] of guarded(context)) yield* openRules(context, group, keepers);
  },
};

/** Images of databases that people run themselves. */
const DATABASE =
  /(^|\/)(postgres|postgis|mysql|mariadb|mongo|redis|valkey|memcached|cassandra|couchdb|neo4j|elasticsearch|opensearch)(:|@|$)/;

/** Groups that stand before databases, with the databases. */
function guarded({ system, parties, graph }: Context): ReadonlyMap<SecurityGroup, readonly Party[]> {
  const own = new Set(
    system.taskDefinitions
      .filter(({ containers }) => containers.some(({ image }) => DATABASE.test(known(image) ?? '')))
      .map(({ id }) => id),
  );
  const hosted = new Set(
    system.services
      .filter(({ taskDefinitionId }) => own.has(known(taskDefinitionId) ?? ''))
      .map(({ id }) => id),
  );
  const found = new Map<SecurityGroup, Party[]>();
  for (const party of parties.values()) {
    if (party.kind !== 'database' && !hosted.has(party.id)) continue;
    for (const id of new Set(party.placements.flatMap(({ groupIds }) => groupIds))) {
      const group = graph.groups.get(id);
      if (group) found.set(group, [...(found.get(group) ?? []), party]);
    }
  }
  return found;
}

function* openRules(context: Context, group: SecurityGroup, parties: readonly Party[]): Iterable<Report> {
  const open = group.ingress.filter(
    ({ peer, protocol, ports }) =>
      peer.kind === 'cidr' &&
      cover(peer.cidr, internet('every')) === 'all' &&
      parties.some((party) =>
        party.ports.some((port) => matchesPort(protocolOf(protocol), ports, 'tcp', port)),
      ),
  );
  const [first] = open;
  if (!first?.origin) return;
  const named = parties.map(({ name }) => name);
  if (open.every(({ uncertain }) => uncertain !== undefined)) {
    yield cannotTell(group.id, first.origin, first.uncertain ?? '');
    return;
  }
  const callers = callersOf(context, group, parties);
  yield found(group.id, first.origin, {
    message: `${group.id} lets everybody (0.0.0.0/0) reach ${listed(named)}`,
    fix: {
      says:
        callers.length > 0
          ? `let ${listed(callers.map(({ name }) => name))} in by their security groups, and nobody else`
          : 'name the security group of what uses it (SourceSecurityGroupId) in place of 0.0.0.0/0',
      edits:
        callers.length > 0
          ? [
              ...callers.flatMap(({ edits }) => edits),
              ...removals(open.flatMap(({ origin }) => origin ?? [])),
            ]
          : [],
    },
  });
}

/** Who uses the databases, and the rules that let them in. */
function callersOf(context: Context, group: SecurityGroup, parties: readonly Party[]) {
  const calls = callsOf(context).filter(({ to }) => parties.some(({ id }) => id === to));
  return calls.flatMap(({ from, port }) => {
    const caller = context.parties.get(from);
    const peer = caller?.placements[0]?.groupIds[0];
    if (!caller || peer === undefined || port === undefined) return [];
    const edits = editsFor(context, {
      kind: 'group-rule',
      groupId: group.id,
      direction: 'ingress',
      protocol: 'tcp',
      port,
      peer: { kind: 'group', groupId: peer },
    });
    return edits ? [{ name: caller.name, edits }] : [];
  });
}

/** The last of a list first, so that the others keep their places. */
function removals(origins: readonly Origin[]): Edit[] {
  const paths = origins.map(({ path }) =>
    path.includes('SecurityGroupIngress') && typeof path.at(-1) === 'number' ? path : path.slice(0, 2),
  );
  return paths
    .toSorted((a, b) => Number(b.at(-1)) - Number(a.at(-1)) || 0)
    .map((path) => ({ kind: 'remove', path }));
}
