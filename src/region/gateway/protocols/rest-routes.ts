import { fail } from '../fault.ts';
import type { Operation, ServiceModel } from '../model.ts';
import type { Member } from '../shape.ts';
import { header, type WireRequest } from '../wire.ts';

interface Route {
  readonly operation: Operation;
  readonly pattern: RegExp;
  readonly labels: readonly string[];
  /** `?uploads`, `?list-type=2`. */
  readonly literals: readonly (readonly [key: string, value: string])[];
  /** Required members that travel in the query or a header: they tell CopyObject, UploadPart and PutObject apart. */
  readonly needs: readonly Member[];
}
export interface RouteMatch {
  readonly operation: Operation;
  readonly labels: Readonly<Record<string, string>>;
  /** Query keys of the route itself. */
  readonly literals: ReadonlySet<string>;
}

const tables = new WeakMap<ServiceModel, readonly (Route & { readonly method: string })[]>();

/** The operation that a REST request means. The most specific route wins. */
export function matchRoute(model: ServiceModel, request: WireRequest): RouteMatch | undefined {
  let table = tables.get(model);
  if (!table) tables.set(model, (table = compile(model)));
  let best: { route: Route; hit: RegExpExecArray; score: number } | undefined;
  for (const route of table) {
    if (route.method !== request.method) continue;
    const hit = route.pattern.exec(request.path);
    if (!hit || !route.literals.every(([key, value]) => hasLiteral(request, key, value))) continue;
    if (!route.needs.every((member) => isPresent(request, member))) continue;
    // The JavaScript SDK adds `x-id=<operation>`; botocore does not.
    const named = request.query.get('x-id') === route.operation.name ? 1 : 0;
    const score = route.literals.length * 2 + route.needs.length + named;
    if (!best || score > best.score) best = { route, hit, score };
  }
  if (!best) return undefined;
  const { route, hit } = best;
  return {
    operation: route.operation,
    labels: Object.fromEntries(
      route.labels.map((label, index) => [label, decodeLabel(hit[index + 1] ?? '')]),
    ),
    literals: new Set(route.literals.map(([key]) => key)),
  };
}

function hasLiteral({ query }: WireRequest, key: string, value: string): boolean {
  return query.has(key) && (value === '' || query.get(key) === value);
}
function isPresent({ query, headers }: WireRequest, { shape }: Member): boolean {
  const { httpQuery, httpHeader } = shape.traits;
  if (httpQuery) return query.has(httpQuery);
  return httpHeader === undefined || header(headers, httpHeader) !== undefined;
}
function decodeLabel(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return fail({ kind: 'unreadable', reason: `the path segment ${text} is not valid percent-encoding` });
  }
}

function compile(model: ServiceModel): readonly (Route & { readonly method: string })[] {
  return model.operationNames.flatMap((name) => {
    const operation = model.operation(name);
    return operation?.http
      ? [{ ...compileRoute(operation, operation.http.uri), method: operation.http.method }]
      : [];
  });
}

function compileRoute(operation: Operation, uri: string): Route {
  const [path = '/', search = ''] = uri.split('?');
  const labels: string[] = [];
  const pattern = path.replaceAll(/\{(\w+)(\+?)\}/g, (_all, name: string, greedy: string) => {
    labels.push(name);
    return greedy ? '(.+)' : '([^/]+)';
  });
  const members = operation.input.kind === 'structure' ? operation.input.members : [];
  const literals = [...new URLSearchParams(search)].filter(([key]) => key !== 'x-id');
  const literalKeys = new Set(literals.map(([key]) => key));
  const needs = members.filter(
    ({ required, shape: { traits } }) =>
      required &&
      ((traits.httpQuery && !literalKeys.has(traits.httpQuery)) || traits.httpHeader !== undefined),
  );
  // The SDK's S3 model has the bucket taken out of the path: it may stand in the host name.
  const bucket = members.some(({ name, shape }) => name === 'Bucket' && shape.traits.httpLabel);
  if (!bucket) return { operation, pattern: new RegExp(`^${pattern}$`, 's'), labels, literals, needs };
  const inBucket = pattern === '/' ? '/([^/]+)/?' : `/([^/]+)${pattern}`;
  return {
    operation,
    pattern: new RegExp(`^${inBucket}$`, 's'),
    labels: ['Bucket', ...labels],
    literals,
    needs,
  };
}
