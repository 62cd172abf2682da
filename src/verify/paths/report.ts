import type { Origin } from '../../topology/model.ts';
import { type EditContext, editsFor, stacksOf } from '../edits-for.ts';
import type { Context, Fix, Report } from '../model.ts';
import type { End, Hop } from '../reach/model.ts';
import { cannotTell, found, under } from '../report.ts';
import { type Asking } from './ask.ts';
import { type Cause, type Failing, isPublicAddress, judged } from './causes.ts';
import { type Plan, plan, type Planned } from './mend.ts';
import { listed, nameOf, wordsOf } from './words.ts';

/** What a check that asks for paths has to say: one finding for a cause, and what could not be told. */
export function* pathReports(context: Context, check: Asking | 'nacl-blocks-replies'): Iterable<Report> {
  const { causes, open } = judged(context);
  for (const cause of causes) if (cause.check === check) yield causeReport(context, cause);
  for (const { ask, why } of open) if (ask.check === check) yield cannotTell(ask.resource, ask.origin, why);
}

export function causeReport(context: Context, cause: Cause): Report {
  const failures = cause.failing.flatMap((one) => one.failures);
  const edited: EditContext = { system: context.system, templates: context.templates };
  const made = plan(
    context.graph,
    failures.map(({ question }) => question),
    (change, placement) => editsFor(edited, change, placement) !== undefined,
  );
  const steps = widened(made.steps, cause);
  const [first] = cause.failing;
  const origin =
    (steps[0] && originOf(context, steps[0])) ?? firstOrigin(context, cause) ?? first!.ask.origin;
  return found(String(origin.path[1] ?? first!.ask.resource), origin, {
    message: `${effects(cause.failing)}: ${reasons(cause.failing)}`,
    ...fixOf(edited, { ...made, steps }, cause),
    path: failures[0]!.path,
  });
}

/** A range of ports is opened as one. */
function widened(steps: readonly Planned[], { failing }: Cause): readonly Planned[] {
  const range = failing[0]?.ask.range;
  if (!range) return steps;
  const seen = new Set<string>();
  return steps.flatMap((step) => {
    if (step.change.kind !== 'group-rule') return [step];
    const change = { ...step.change, port: range.from, toPort: range.to };
    const key = JSON.stringify(change);
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ ...step, change }];
  });
}

function fixOf(context: EditContext, { steps, complete }: Plan, { failing }: Cause): { readonly fix?: Fix } {
  const stacks = new Set(
    steps.flatMap(({ change, placement }) => [...stacksOf(context.system, change, placement)]),
  );
  if (complete && steps.length > 0)
    return {
      fix: {
        says: listed(
          steps.map(({ change }) => wordsOf(change)),
          'and',
          6,
        ),
        edits:
          stacks.size > 1
            ? []
            : steps.flatMap(({ change, placement }) => editsFor(context, change, placement) ?? []),
      },
    };
  const says = advice(failing);
  return says === undefined ? {} : { fix: { says, edits: [] } };
}

/** Where there is more than one right answer: which there are. */
function advice(failing: readonly Failing[]): string | undefined {
  const failures = failing.flatMap((one) => one.failures);
  const closed = failures.flatMap(({ path }) => path.hops.filter(({ passes }) => passes === 'no'));
  const route = closed.find(({ gate }) => gate === 'route');
  const services = failures.flatMap(({ question: { to } }) =>
    to.kind === 'aws-service' ? [to.service] : [],
  );
  if (route) {
    // Endpoints lead to AWS alone: what needs the internet, too, needs one of the other ways.
    const endpoints =
      services.length === failures.length
        ? `, or make VPC endpoints for ${listed([...new Set(services)], 'and', 8)}`
        : '';
    return `lead 0.0.0.0/0 to a NAT gateway in a public subnet in ${nameOf(route.at)}${endpoints}, or run the tasks in public subnets with AssignPublicIp: ENABLED`;
  }
  if (closed.some(isPublicAddress))
    return 'use subnets whose route table leads 0.0.0.0/0 to a NAT gateway: these tasks can have no public address';
  const words = [...new Set(closed.flatMap(({ changes }) => changes.slice(0, 1).map(wordsOf)))];
  return words.length > 0 ? listed(words) : undefined;
}

/** `Web cannot pull its image nginx or write its log; Api cannot reach Db on tcp 5432`. */
function effects(failing: readonly Failing[]): string {
  const bySubject = new Map<string, string[]>();
  for (const one of failing) {
    const { ask } = one;
    const does = `${ask.does}${placesOf(one)}`;
    const own = bySubject.get(ask.subject) ?? [];
    if (!own.includes(does)) bySubject.set(ask.subject, [...own, does]);
  }
  const byDoing = new Map<string, string[]>();
  for (const [subject, does] of bySubject) {
    const doing = listed(does, 'or');
    byDoing.set(doing, [...(byDoing.get(doing) ?? []), subject]);
  }
  const clauses = [...byDoing].map(
    ([doing, subjects]) =>
      `${listed(subjects)} cannot ${subjects.length > 1 ? doing.replace(/\bits\b/g, 'their') : doing}`,
  );
  return clauses.length > 3
    ? `${clauses.slice(0, 2).join('; ')}; and ${clauses.length - 2} more`
    : clauses.join('; ');
}

/** Where not all places fail: those that do. */
function placesOf({ failures, asked, ask }: Failing): string {
  const place = (end: End) => (end.kind === 'placement' ? end.placement.subnetId : end.kind);
  const pairs = new Set(failures.map(({ question: { from, to } }) => JSON.stringify([from, to])));
  if (pairs.size * ask.ports.length === asked) return '';
  const told = (key: 'from' | 'to'): string => {
    const all = new Set(ask[key].ends.map(place));
    const failing = new Set(failures.map(({ question }) => place(question[key])));
    return failing.size === all.size ? '' : `${key === 'from' ? 'from' : 'in'} ${listed([...failing])}`;
  };
  const words = [told('from'), told('to')].filter(Boolean);
  return words.length > 0 ? ` (${words.join(' and ')})` : '';
}

function reasons(failing: readonly Failing[]): string {
  const says = new Map<string, string>();
  for (const { path } of failing.flatMap((one) => one.failures)) {
    const closed = path.hops.filter(({ passes }) => passes === 'no');
    // Without a route a public address is of no use.
    const routed = closed.every(({ gate }) => gate !== 'route');
    for (const hop of closed) {
      if (!routed && isPublicAddress(hop)) continue;
      const key = `${hop.gate.replace(/^reply-route/, 'route')} ${hop.at}`;
      if (!says.has(key)) says.set(key, spoken(hop));
    }
  }
  return listed([...says.values()], 'and', 4);
}
/** Ids that no template names are said in words. */
export const spoken = ({ says }: Hop): string =>
  says.replace(/[\w-]+\.(MainRouteTable|DefaultSecurityGroup|DefaultNetworkAcl)\b/g, nameOf);

function firstOrigin(_: Context, { failing }: Cause): Origin | undefined {
  return failing
    .flatMap(({ failures }) => failures)
    .flatMap(({ path }) => path.hops)
    .find(({ passes, origin }) => passes === 'no' && origin)?.origin;
}

/** The line that would change. */
export function originOf({ system }: Context, { change, hop, placement }: Planned): Origin | undefined {
  const property = (id: string, name: readonly string[]): Origin | undefined => {
    const resource = system.resources.get(id);
    if (!resource) return undefined;
    const depth = deepest(resource.properties, name);
    return depth === 0 ? resource.origin : under(resource.origin, name.slice(0, depth));
  };
  switch (change.kind) {
    case 'group-rule':
      return property(change.groupId, [
        change.direction === 'ingress' ? 'SecurityGroupIngress' : 'SecurityGroupEgress',
      ]);
    case 'public-address':
      return property(placement?.partyId ?? '', [
        'NetworkConfiguration',
        'AwsvpcConfiguration',
        'AssignPublicIp',
      ]);
    case 'gateway-endpoint-route':
      return property(change.endpointId, ['RouteTableIds']);
    case 'route':
      return hop.origin ?? property(change.routeTableId, []);
    default:
      return hop.origin;
  }
}

/** How far a chain of properties is written. */
function deepest(properties: Readonly<Record<string, unknown>>, [key, ...rest]: readonly string[]): number {
  if (key === undefined || !Object.hasOwn(properties, key)) return 0;
  const value = properties[key];
  const inner = typeof value === 'object' && value !== null && !Array.isArray(value);
  return 1 + (inner ? deepest(value as Record<string, unknown>, rest) : 0);
}
