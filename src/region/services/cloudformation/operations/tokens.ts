import { createHash } from 'node:crypto';
import { ApiError } from '../../../gateway/api-error.ts';
import { validationError } from '../errors.ts';
import type { StackRecord } from '../records.ts';

/**
 * Whether an operation was asked for with this token before; the same token with something else is an error.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html (ClientRequestToken)
 */
export function wasAsked(
  { tokens = {} }: Pick<StackRecord, 'tokens'>,
  operation: string,
  input: { readonly ClientRequestToken?: string | undefined },
): boolean {
  const { ClientRequestToken: token } = input;
  if (token === undefined) return false;
  if (!/^[a-zA-Z0-9][-a-zA-Z0-9]{0,127}$/.test(token))
    throw validationError(
      `1 validation error detected: Value '${token}' at 'clientRequestToken' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9][-a-zA-Z0-9]*`,
    );
  const before = Object.hasOwn(tokens, token) ? tokens[token] : undefined;
  if (before === undefined) return false;
  if (before === fingerprint(operation, input)) return true;
  throw new ApiError(
    'TokenAlreadyExistsException',
    `A client request token already exists: ${token} was used for another request`,
    400,
  );
}

/** What a stack's record keeps, so that `wasAsked` knows it again. */
export function askedWith(
  { tokens = {} }: Pick<StackRecord, 'tokens'>,
  operation: string,
  input: { readonly ClientRequestToken?: string | undefined },
): Pick<StackRecord, 'tokens'> {
  const { ClientRequestToken: token } = input;
  return token === undefined ? {} : { tokens: { ...tokens, [token]: fingerprint(operation, input) } };
}

function fingerprint(operation: string, input: object): string {
  return createHash('sha256')
    .update(JSON.stringify([operation, input]))
    .digest('hex');
}
