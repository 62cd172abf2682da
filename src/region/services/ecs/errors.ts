import { ApiError } from '../../gateway/api-error.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html */
export const clientError = (message: string): ApiError => new ApiError('ClientException', message);
export const invalidParameter = (message: string): ApiError =>
  new ApiError('InvalidParameterException', message);

export const clusterNotFound = (): ApiError => new ApiError('ClusterNotFoundException', 'Cluster not found.');
export const serviceNotFound = (): ApiError => new ApiError('ServiceNotFoundException', 'Service not found.');
export const serviceNotActive = (): ApiError =>
  new ApiError('ServiceNotActiveException', 'Service was not ACTIVE.');

/** Valid on AWS, but nothing here would act on it. */
export const notEnacted = (what: string): ApiError => invalidParameter(`not enacted by this region: ${what}`);

/**
 * Refuses every member outside `enacted` that asks for something. What asks for nothing (`false`, an empty list) is what
 * happens here anyway.
 */
export function refuseOthers<T extends object>(input: T, enacted: readonly (keyof T)[], where = ''): void {
  const known = new Set<PropertyKey>(enacted);
  for (const [member, value] of Object.entries(input))
    if (!known.has(member) && asks(value)) throw notEnacted(`${where}${member} (${JSON.stringify(value)})`);
}

function asks(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) return Object.values(value).some(asks);
  return value !== undefined && value !== null && value !== false && value !== '';
}
