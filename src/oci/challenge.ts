/** What a registry asks for in WWW-Authenticate. */
export type Challenge =
  | { readonly kind: 'basic' }
  | {
      readonly kind: 'bearer';
      readonly realm: string;
      readonly service?: string;
      readonly scope?: string;
      readonly error?: string;
    };

/**
 * The challenge that can be met, Bearer before Basic; several may stand in one header.
 * https://distribution.github.io/distribution/spec/auth/token/#how-to-authenticate
 */
export function readChallenge(header: string | undefined): Challenge | undefined {
  const challenges = split(header ?? '');
  const bearer = challenges.find(
    ({ scheme, values }) => scheme === 'bearer' && values['realm'] !== undefined,
  );
  if (bearer) {
    const { realm = '', service, scope, error } = bearer.values;
    return {
      kind: 'bearer',
      realm,
      ...(service === undefined ? {} : { service }),
      ...(scope === undefined ? {} : { scope }),
      ...(error === undefined ? {} : { error }),
    };
  }
  return challenges.some(({ scheme }) => scheme === 'basic') ? { kind: 'basic' } : undefined;
}

/** https://www.rfc-editor.org/rfc/rfc9110#name-www-authenticate: a word before a space opens a challenge, `name=value` belongs to it. */
function split(header: string): readonly { scheme: string; values: Record<string, string> }[] {
  const found: { scheme: string; values: Record<string, string> }[] = [];
  const token = /([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/g;
  for (const [, name = '', quoted, plain] of header.matchAll(token)) {
    const value = quoted?.replace(/\\(.)/g, '$1') ?? plain;
    if (value === undefined) found.push({ scheme: name.toLowerCase(), values: {} });
    else {
      const last = found.at(-1);
      if (last) last.values[name.toLowerCase()] = value;
    }
  }
  return found;
}
