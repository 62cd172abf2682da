import { ApiError } from '../../gateway/api-error.ts';
import { enacting } from '../../gateway/enacting.ts';

/** Codes: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html */
export const validation = (message: string): ApiError => new ApiError('ValidationException', message, 400);
export const parameterNotFound = (name = ''): ApiError =>
  new ApiError('ParameterNotFound', name === '' ? 'UnknownError' : `Parameter ${name} not found.`, 400);

export const operation = enacting((member, value) =>
  validation(`${member} (${JSON.stringify(value)}) is not enacted in the local region`),
);
