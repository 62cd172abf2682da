import { ApiError } from '../../gateway/api-error.ts';
import { enacting } from '../../gateway/enacting.ts';

/** Codes: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html */
export const invalid = (message: string): ApiError =>
  new ApiError('InvalidParameterValueException', message, 400);
export const combination = (message: string): ApiError =>
  new ApiError('InvalidParameterCombinationException', message, 400);
export const missing = (name: string): ApiError =>
  new ApiError('MissingRequiredParameterException', `The parameter ${name} is required.`, 400);
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
export const validation = (message: string): ApiError => new ApiError('ValidationException', message, 400);
export const notFound = (message: string): ApiError => new ApiError('ResourceNotFound', message, 404);
export const invalidToken = (): ApiError =>
  new ApiError('InvalidNextToken', 'The NextToken is invalid.', 400);

export const notEnacted = (what: string): ApiError => invalid(`${what} is not enacted in the local region`);

export const operation = enacting((member, value) => notEnacted(`${member} (${JSON.stringify(value)})`));
