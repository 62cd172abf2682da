import type { ApiError } from './api-error.ts';

/**
 * Makes handlers that know which members of their input they enact. Any other that asks for something is refused with
 * `refuse`; one that asks for nothing (`false`, an empty list) is what happens here anyway.
 */
export function enacting(refuse: (member: string, value: unknown) => ApiError) {
  return function operation<I extends object, O>(
    members: readonly NoInfer<keyof I>[],
    handle: (input: I) => O,
  ): (input: I) => O {
    const enacted = new Set<string>(members as readonly string[]);
    return (input) => {
      for (const [member, value] of Object.entries(input))
        if (!enacted.has(member) && asks(value)) throw refuse(member, value);
      return handle(input);
    };
  };
}

function asks(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
    return Object.values(value).some(asks);
  return value !== undefined && value !== null && value !== false && value !== '';
}
