import { invalid } from './errors.ts';

/**
 * Terms of a filter pattern: `error timeout` wants both, `?a ?b` any, `-c` none of it, quotes hold phrases; nothing matches all.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function compilePattern(pattern: string): (message: string) => boolean {
  const text = pattern.trim();
  if (text.length > 1024) throw invalid('Invalid filter pattern: longer than 1024 characters');
  if (/^[{[%]/.test(text))
    throw invalid(
      `Filter pattern ${text}: patterns of JSON fields, of columns and regular expressions are not enacted in the local region`,
    );
  const all: string[] = [];
  const any: string[] = [];
  const none: string[] = [];
  let at = 0;
  const token = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\w+))(?=\s|$)/y;
  while (at < text.length) {
    token.lastIndex = at;
    const match = token.exec(text);
    if (!match)
      throw invalid(
        `Invalid filter pattern: at "${text.slice(at).trim()}"; terms with signs other than letters, digits and _ stand in double quotes`,
      );
    const [, sign, phrase, word] = match;
    const term = phrase === undefined ? (word ?? '') : phrase.replaceAll(/\\(.)/g, '$1');
    (sign === '?' ? any : sign === '-' ? none : all).push(term);
    at = token.lastIndex;
  }
  return (message) =>
    all.every((term) => message.includes(term)) &&
    // Beside terms that are wanted anyway, optional ones decide nothing.
    (any.length === 0 || all.length > 0 || any.some((term) => message.includes(term))) &&
    !none.some((term) => message.includes(term));
}
