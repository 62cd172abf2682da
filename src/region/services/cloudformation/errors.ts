import { InputError } from '../../../common/problem.ts';
import { ApiError } from '../../gateway/api-error.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html */
export function validationError(message: string): ApiError {
  return new ApiError('ValidationError', message, 400);
}

/** DescribeStacks and GetTemplate. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html */
export function stackWithIdMissing(name: string): ApiError {
  return validationError(`Stack with id ${name} does not exist`);
}

/** Events, change sets and updates. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html */
export function stackMissing(name: string): ApiError {
  return validationError(`Stack [${name}] does not exist`);
}

export function changeSetMissing(name: string): ApiError {
  return new ApiError('ChangeSetNotFound', `ChangeSet [${name}] does not exist`, 404);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html */
export function wrongState(stackId: string, status: string): ApiError {
  return validationError(`Stack:${stackId} is in ${status} state and can not be updated.`);
}

/** What is wrong with a template, as the API says it: AWS's text first, then where and what to write. */
export async function asValidationError<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof InputError ? validationError(inputText(error)) : error;
  }
}

export function inputText(error: InputError): string {
  return error.problems
    .map(({ message, position, fix }) => {
      const where = position ? ` (line ${position.line}, column ${position.column})` : '';
      return `${message}${where}${fix ? `; ${fix}` : ''}`;
    })
    .join('\n');
}
