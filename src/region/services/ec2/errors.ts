import { ApiError } from '../../gateway/api-error.ts';

/** Codes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
export const missing = (parameter: string): ApiError =>
  new ApiError('MissingParameter', `The request must contain the parameter ${parameter}`);

export const invalidValue = (parameter: string, value: unknown, why: string): ApiError =>
  new ApiError(
    'InvalidParameterValue',
    `Value (${String(value)}) for parameter ${parameter} is invalid. ${why}`,
  );

export const invalid = (message: string): ApiError => new ApiError('InvalidParameterValue', message);

export const combination = (message: string): ApiError =>
  new ApiError('InvalidParameterCombination', message);

/** Something AWS does and this region does not: said, never dropped. */
export const notEnacted = (what: string): ApiError =>
  new ApiError('UnsupportedOperation', `${what} is not enacted in the local region`);

export const inUse = (kind: string, id: string): ApiError =>
  new ApiError('DependencyViolation', `The ${kind} '${id}' has dependencies and cannot be deleted.`);

export const notPermitted = (message: string): ApiError => new ApiError('OperationNotPermitted', message);
