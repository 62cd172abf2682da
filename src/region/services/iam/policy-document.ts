import { limitExceeded, malformedPolicy } from './errors.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: whitespace is not counted. */
export const POLICY_BYTES = { trust: 2048, managed: 6144, inlineOfRole: 10_240 };
const VERSIONS = new Set(['2012-10-17', '2008-10-17']);
const DOCUMENT_KEYS = new Set(['Version', 'Id', 'Statement']);
const STATEMENT_KEYS = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);
const ACTION = /^(\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+)$/;
const RESOURCE = /^(\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:.+)$/s;
const TRUST_ACTION = /^sts:(\*|assumerole\w*|tagsession|setsourceidentity|setcontext)$/i;

/** Documents are percent-encoded by RFC 3986 in answers: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html */
export function encodeDocument(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

type Json = Readonly<Record<string, unknown>>;

/**
 * The grammar of a policy: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html. A trust policy
 * names principals and no resources, an identity policy the other way round.
 */
export function checkPolicy(kind: 'trust' | 'identity', text: string | undefined): string {
  const document = parse(text ?? '');
  for (const key of Object.keys(document)) if (!DOCUMENT_KEYS.has(key)) throw syntax(key);
  if (document['Version'] !== undefined && !VERSIONS.has(String(document['Version'])))
    throw malformedPolicy('The policy must contain a valid version string');
  const statements = [document['Statement'] ?? []].flat() as unknown[];
  if (statements.length === 0) throw syntax('Statement');
  const sids = new Set<unknown>();
  for (const statement of statements) {
    if (!isObject(statement)) throw syntax('Statement');
    checkStatement(kind, statement);
    const sid = statement['Sid'];
    if (sid !== undefined && sids.has(sid))
      throw malformedPolicy('Statement IDs (SID) in a single policy must be unique.');
    sids.add(sid);
  }
  if (kind === 'trust') checkSize('ACLSizePerRole', policySize(text ?? ''), POLICY_BYTES.trust);
  return text ?? '';
}

export const policySize = (text: string): number => text.replaceAll(/\s/g, '').length;
export function checkSize(quota: string, size: number, most: number): void {
  if (size > most) throw limitExceeded(`Cannot exceed quota for ${quota}: ${most}`);
}

function parse(text: string): Json {
  try {
    const document: unknown = JSON.parse(text);
    if (isObject(document)) return document;
  } catch {
    // Said below, in IAM's words.
  }
  throw malformedPolicy('This policy contains invalid Json');
}

function checkStatement(kind: 'trust' | 'identity', statement: Json): void {
  for (const key of Object.keys(statement)) if (!STATEMENT_KEYS.has(key)) throw syntax(key);
  const { Sid, Effect, Condition } = statement;
  if (Effect !== 'Allow' && Effect !== 'Deny') throw syntax('Effect');
  if (Sid !== undefined && !/^[A-Za-z0-9]*$/.test(String(Sid)))
    throw malformedPolicy('Statement IDs (SID) must be alpha-numeric.');
  if (Condition !== undefined && !(isObject(Condition) && Object.values(Condition).every(isObject)))
    throw syntax('Condition');
  const actions = exactlyOne(statement, 'Action', 'NotAction', 'Policy statement must contain actions.');
  for (const action of actions)
    if (!ACTION.test(action))
      throw malformedPolicy(
        `Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc. (${action})`,
      );
  if (kind === 'trust') checkTrust(statement, actions);
  else checkIdentity(statement);
}

function checkTrust(statement: Json, actions: readonly string[]): void {
  for (const field of ['Resource', 'NotResource', 'NotPrincipal'])
    if (statement[field] !== undefined) throw malformedPolicy(`Has prohibited field ${field}`);
  const { Principal: principal } = statement;
  if (principal === undefined) throw malformedPolicy('Missing required field Principal');
  const named = principal === '*' ? { AWS: '*' } : principal;
  if (!isObject(named) || Object.keys(named).length === 0) throw syntax('Principal');
  for (const [type, value] of Object.entries(named)) {
    if (!['AWS', 'Service', 'Federated', 'CanonicalUser'].includes(type) || !isTexts(value))
      throw malformedPolicy(`Invalid principal in policy: "${type}":${JSON.stringify(value)}`);
    for (const name of [value].flat())
      if (type === 'Service' && !/^[a-z0-9.-]+\.amazonaws\.com$/.test(name))
        throw malformedPolicy(`Invalid principal in policy: "SERVICE":"${name}"`);
  }
  const other = actions.find((action) => !TRUST_ACTION.test(action));
  if (other !== undefined)
    throw malformedPolicy(`AssumeRole policy may only specify STS AssumeRole actions. (${other})`);
}

function checkIdentity(statement: Json): void {
  if (statement['Principal'] !== undefined || statement['NotPrincipal'] !== undefined)
    throw malformedPolicy('Policy document should not specify a principal.');
  const resources = exactlyOne(
    statement,
    'Resource',
    'NotResource',
    'Policy statement must contain resources.',
  );
  for (const resource of resources)
    if (!RESOURCE.test(resource)) throw malformedPolicy(`Resource ${resource} must be in ARN format or "*".`);
}

function exactlyOne(statement: Json, one: string, other: string, missing: string): readonly string[] {
  if (statement[one] !== undefined && statement[other] !== undefined) throw syntax(`${one} and ${other}`);
  const value = statement[one] ?? statement[other];
  if (value === undefined || (Array.isArray(value) && value.length === 0)) throw malformedPolicy(missing);
  if (!isTexts(value)) throw syntax(one);
  return [value].flat();
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTexts = (value: unknown): value is string | string[] =>
  [value].flat().every((part) => typeof part === 'string') && [value].flat().length > 0;
const syntax = (where: string): Error => malformedPolicy(`Syntax errors in policy. (${where})`);
