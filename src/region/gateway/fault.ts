import { ApiError } from './api-error.ts';
import type { ServiceDescription } from './services.ts';

/** A request that does not fit the service's model. What each service calls that is decided in one place, below. */
export type Fault =
  /** Not of the format at all. */
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'wrong-type'; readonly path: string; readonly value: string; readonly expected: string }
  | { readonly kind: 'missing'; readonly paths: readonly string[] }
  | { readonly kind: 'unknown'; readonly path: string };

export class FaultError extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(fault.kind);
    this.fault = fault;
  }
}
export function fail(fault: Fault): never {
  throw new FaultError(fault);
}

/** A fault in the words of the service it was sent to. */
export function faultError(service: ServiceDescription, fault: Fault): ApiError {
  switch (service.protocol) {
    case 'ec2':
      return ec2Fault(fault);
    case 'query':
      return queryFault(fault);
    case 'json':
      return jsonFault(service, fault);
    case 'rest-json':
      return jsonFault(service, fault);
    case 'rest-xml':
      return s3Fault(fault);
  }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
function ec2Fault(fault: Fault): ApiError {
  switch (fault.kind) {
    case 'unreadable':
      return new ApiError('MalformedQueryString', fault.reason, 400);
    case 'wrong-type':
      return new ApiError(
        'InvalidParameterValue',
        `Value (${fault.value}) for parameter ${fault.path} is invalid: ${fault.expected} expected.`,
      );
    case 'missing':
      return new ApiError(
        'MissingParameter',
        `The request must contain the parameter ${fault.paths[0] ?? ''}`,
      );
    case 'unknown':
      return new ApiError('UnknownParameter', `The parameter ${fault.path} is not recognized`);
  }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html */
function queryFault(fault: Fault): ApiError {
  if (fault.kind === 'unreadable') return new ApiError('MalformedQueryString', fault.reason, 400);
  if (fault.kind === 'wrong-type') return new ApiError('MalformedInput', wrongType(fault));
  return new ApiError('ValidationError', validation(fault));
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html */
function jsonFault({ name }: ServiceDescription, fault: Fault): ApiError {
  if (fault.kind === 'unreadable') return new ApiError('SerializationException', fault.reason, 400);
  if (fault.kind === 'wrong-type') return new ApiError('SerializationException', wrongType(fault), 400);
  return new ApiError(VALIDATION_CODES[name] ?? 'ValidationException', validation(fault), 400);
}
const VALIDATION_CODES: Readonly<Record<string, string>> = {
  ecs: 'InvalidParameterException',
  efs: 'ValidationException',
  logs: 'InvalidParameterException',
  servicediscovery: 'InvalidInput',
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
function s3Fault(fault: Fault): ApiError {
  switch (fault.kind) {
    case 'unreadable':
      return new ApiError(
        'MalformedXML',
        `The XML you provided was not well-formed or did not validate against our published schema (${fault.reason})`,
        400,
      );
    case 'wrong-type':
      return new ApiError('InvalidArgument', wrongType(fault), 400);
    case 'missing':
      return new ApiError('InvalidRequest', `Missing required parameter: ${fault.paths.join(', ')}`, 400);
    case 'unknown':
      return new ApiError('InvalidArgument', `The parameter ${fault.path} is not recognized`, 400);
  }
}

const wrongType = ({ path, value, expected }: Fault & { kind: 'wrong-type' }): string =>
  `Value '${value}' at '${path}' can not be converted to ${expected}`;

function validation(fault: Fault & { kind: 'missing' | 'unknown' }): string {
  if (fault.kind === 'unknown')
    return `1 validation error detected: Value at '${fault.path}' failed to satisfy constraint: no such member in this operation`;
  const { paths } = fault;
  const each = paths.map(
    (path) => `Value null at '${path}' failed to satisfy constraint: Member must not be null`,
  );
  return `${paths.length} validation error${paths.length === 1 ? '' : 's'} detected: ${each.join('; ')}`;
}
