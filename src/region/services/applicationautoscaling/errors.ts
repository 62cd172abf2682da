import { ApiError } from '../../gateway/api-error.ts';
import { enacting } from '../../gateway/enacting.ts';

/** Codes: https://docs.aws.amazon.com/autoscaling/application/APIReference/CommonErrors.html and the pages of the operations */
export const invalid = (message: string): ApiError => new ApiError('ValidationException', message, 400);
export const notFound = (message: string): ApiError => new ApiError('ObjectNotFoundException', message, 400);
export const limit = (message: string): ApiError => new ApiError('LimitExceededException', message, 400);
export const invalidToken = (): ApiError =>
  new ApiError('InvalidNextTokenException', 'The next token is invalid.', 400);
export const notEnacted = (what: string): ApiError => invalid(`${what} is not enacted in the local region`);

export const operation = enacting((member, value) => notEnacted(`${member} (${JSON.stringify(value)})`));
