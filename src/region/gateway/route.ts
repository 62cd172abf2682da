import type { ErrorFormat } from './error-document.ts';
import { CBOR_PROTOCOL, cborTarget } from './protocols/cbor.ts';
import { type Protocol, services, type ServiceDescription } from './services.ts';
import { header, type WireRequest } from './wire.ts';

/** Which service a request is for, told without its SDK package. */
export interface Target {
  readonly service: ServiceDescription | undefined;
  /** Where it is not the service's own. */
  readonly protocol?: Protocol;
  /** How the client writes and reads; known even where the service is not. */
  readonly format: ErrorFormat;
  /** The operation by name; absent where the path tells it. */
  readonly operation?: string | undefined;
  /** The form of a query request. */
  readonly form?: URLSearchParams;
  /** What the request called it, for the error about an unknown service. */
  readonly asked: string;
}

const all = Object.values(services);
const byTarget = new Map(all.map((service) => [service.target, service]));
const byVersion = new Map(
  all
    .filter(({ protocol, also }) => protocol === 'query' || protocol === 'ec2' || also.includes('query'))
    .map((service) => [service.version, service]),
);
const bySigningName = new Map(all.map((service) => [service.signingName, service]));

/**
 * The header and path of RPC v2, X-Amz-Target, then the form's Version, then the signature's scope, then S3. Never from a Version to the scope: services
 * share scopes (classic load balancers and ELBv2), and the other's answer would be wrong.
 */
export function route(request: WireRequest): Target {
  const rpc =
    header(request.headers, 'smithy-protocol') === CBOR_PROTOCOL ? cborTarget(request.path) : undefined;
  if (rpc) {
    const service = byTarget.get(rpc.target);
    return {
      service: service?.also.includes('cbor') ? service : undefined,
      protocol: 'cbor',
      format: 'cbor',
      operation: rpc.operation,
      asked: rpc.target,
    };
  }
  const target = header(request.headers, 'x-amz-target');
  if (target !== undefined) {
    const dot = target.lastIndexOf('.');
    return {
      service: byTarget.get(target.slice(0, dot)),
      format: 'json',
      operation: target.slice(dot + 1),
      asked: target,
    };
  }
  const form = formOf(request);
  if (form) {
    const service = byVersion.get(form.get('Version') ?? '');
    const ec2 = service?.protocol === 'ec2' || credentialScope(request).service === 'ec2';
    const asked = `${form.get('Action') ?? ''} of version ${form.get('Version') ?? '(none)'}`;
    return {
      service,
      protocol: ec2 ? 'ec2' : 'query',
      format: ec2 ? 'ec2' : 'query',
      operation: form.get('Action') ?? '',
      form,
      asked,
    };
  }
  const scope = credentialScope(request).service;
  const service = bySigningName.get(scope ?? 's3');
  if (service?.protocol === 'rest-xml') return { service, format: 's3', asked: 's3' };
  return service?.protocol === 'rest-json'
    ? { service, format: 'json', asked: service.name }
    : { service: undefined, format: scopeFormat(request), asked: scope ?? request.path };
}

/** curl and urllib label any body a form: a query request is `POST /`, or has its Action in the URL. */
function formOf({ method, path, query, headers, body }: WireRequest): URLSearchParams | undefined {
  if (query.has('Action')) return query;
  const type = header(headers, 'content-type') ?? '';
  if (method !== 'POST' || path !== '/' || !type.startsWith('application/x-www-form-urlencoded'))
    return undefined;
  return new URLSearchParams(body.toString('utf8'));
}

function scopeFormat({ headers }: WireRequest): ErrorFormat {
  return (header(headers, 'content-type') ?? '').includes('json') ? 'json' : 's3';
}

/** `AKID/20260101/us-east-1/ecs/aws4_request`, from the header or a presigned URL. */
export function credentialScope(request: WireRequest): {
  readonly accessKeyId: string | undefined;
  readonly service: string | undefined;
} {
  const credential =
    /Credential=([^,\s]+)/.exec(header(request.headers, 'authorization') ?? '')?.[1] ??
    request.query.get('X-Amz-Credential') ??
    '';
  const [accessKeyId, , , service] = credential.split('/');
  return { accessKeyId: accessKeyId || undefined, service: service || undefined };
}
