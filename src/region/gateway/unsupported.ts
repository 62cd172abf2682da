import { ApiError } from './api-error.ts';
import type { ServiceDescription } from './services.ts';

/** Fail closed: what is not enacted is an error in the words in which the service refuses what it does not know. */
export function unsupportedOperation(
  { name, protocol, version }: Pick<ServiceDescription, 'name' | 'protocol' | 'version'>,
  operation: string,
): ApiError {
  const known = `The local region does not enact ${name}:${operation}`;
  switch (protocol) {
    case 'json':
    case 'rest-json':
      return new ApiError('UnknownOperationException', known, 400);
    case 'query':
      return new ApiError(
        'InvalidAction',
        `Could not find operation ${operation} for version ${version}. ${known}`,
        400,
      );
    case 'ec2':
      return new ApiError(
        'InvalidAction',
        `The action ${operation} is not valid for this web service. ${known}`,
        400,
      );
    case 'rest-xml':
      return new ApiError('NotImplemented', known, 501);
  }
}
