/**
 * Go's filepath.Match with `**`, as Docker uses it in .dockerignore and (without `**`) in COPY:
 * https://docs.docker.com/build/concepts/context/#syntax. Undefined when the pattern is malformed.
 */
export function globExpression(pattern: string): RegExp | undefined {
  let source = '';
  for (let index = 0; index < pattern.length; index++) {
    const char = pattern.charAt(index);
    if (char === '*' && pattern.charAt(index + 1) === '*') {
      index++;
      // `**/` also stands for no directory at all.
      if (pattern.charAt(index + 1) === '/') index++;
      source += index + 1 >= pattern.length ? '.*' : '(?:.*/)?';
    } else if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '[') {
      const end = pattern.indexOf(']', index + 2);
      if (end < 0) return undefined;
      source += `[${pattern.slice(index + 1, end).replace(/[\\[]/g, '\\$&')}]`;
      index = end;
    } else if (char === '\\') {
      index++;
      if (index >= pattern.length) return undefined;
      source += escape(pattern.charAt(index));
    } else source += escape(char);
  }
  try {
    return new RegExp(`^${source}$`, 'su');
  } catch {
    return undefined;
  }
}

const escape = (char: string) => (/[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char);

export const isGlob = (text: string): boolean => /[*?[]/.test(text);
