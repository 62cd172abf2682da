import { InputError } from '../../../../common/problem.ts';
import { ApiError } from '../../../gateway/api-error.ts';
import { inputText } from '../errors.ts';

/** A resource did not become what it should; the reason is in AWS's words already. */
export class ResourceFailure extends Error {
  override readonly name = 'ResourceFailure';
  /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RecordHandlerProgress.html */
  readonly code: string;
  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

/** A failure of CloudFormation's own types: no handler stands between, so the reason is its words alone. */
export class OwnFailure extends ResourceFailure {
  constructor(message: string) {
    super(message, 'NotStabilized');
  }
}

/**
 * The ResourceStatusReason of what a handler ran into.
 * https://repost.aws/articles/ARQJJetqfbSGq8hUxlBV9O8Q/ecs-deployment-circuit-breaker-was-triggered
 */
export function failureReason(error: unknown, token: string): string {
  if (error instanceof InputError) return inputText(error);
  if (error instanceof OwnFailure) return error.message;
  const text = error instanceof Error ? error.message : String(error);
  return `Resource handler returned message: "${text}" (RequestToken: ${token}, HandlerErrorCode: ${handlerCode(error)})`;
}

function handlerCode(error: unknown): string {
  if (error instanceof ResourceFailure) return error.code;
  if (!(error instanceof ApiError)) return 'InternalFailure';
  const { code } = error;
  if (isMissing(error)) return 'NotFound';
  if (/AlreadyExists|Duplicate|EntityAlreadyExists|Conflict/.test(code)) return 'AlreadyExists';
  if (/AccessDenied|Unauthorized/.test(code)) return 'AccessDenied';
  if (/Limit(Exceeded)?$/.test(code)) return 'ServiceLimitExceeded';
  if (/Throttl/.test(code)) return 'Throttling';
  return 'InvalidRequest';
}

/** `InvalidResourceId` is how Systems Manager says it: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ListTagsForResource.html */
export function isMissing(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    /NotFound|NoSuch|DoesNotExist|NotExist|^InvalidResourceId$/.test(error.code) &&
    error.code !== 'ValidationError'
  );
}

/** Deletes something of a service; that it is gone already is fine. */
export async function gone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Gives undefined for what is not there. */
export async function orMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
