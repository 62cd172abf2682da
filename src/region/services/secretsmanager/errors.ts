import { ApiError } from '../../gateway/api-error.ts';
import { enacting } from '../../gateway/enacting.ts';

/** Codes: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
export const notFound = (message = "Secrets Manager can't find the specified secret."): ApiError =>
  new ApiError('ResourceNotFoundException', message, 400);
export const exists = (message: string): ApiError => new ApiError('ResourceExistsException', message, 400);
export const invalidParameter = (message: string): ApiError =>
  new ApiError('InvalidParameterException', message, 400);
export const invalidRequest = (message: string): ApiError =>
  new ApiError('InvalidRequestException', message, 400);
export const validation = (message: string): ApiError => new ApiError('ValidationException', message, 400);

export const operation = enacting((member, value) =>
  invalidParameter(`${member} (${JSON.stringify(value)}) is not enacted in the local region`),
);
