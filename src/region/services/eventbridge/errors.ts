import { ApiError } from '../../gateway/api-error.ts';
import { enacting } from '../../gateway/enacting.ts';

/** Codes: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
export const validation = (message: string): ApiError => new ApiError('ValidationException', message, 400);
export const notFound = (name: string): ApiError =>
  new ApiError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus default.`, 400);
export const notEnacted = (what: string): ApiError =>
  validation(`${what} is not enacted in the local region`);

export const operation = enacting((member, value) => notEnacted(`${member} (${JSON.stringify(value)})`));

/** The input's nested structures, held to what is enacted of them. */
export function refuseOthers(value: object, members: readonly string[], where: string): void {
  for (const [member, given] of Object.entries(value))
    if (given !== undefined && !members.includes(member)) throw notEnacted(`${where} ${member}`);
}
