const RUN = -1;
const ONE = -2;

/**
 * `*` is any run of characters, `?` exactly one; `\*` and `\?` stand for themselves. The whole text must match. Written as a loop and not
 * as a regular expression, so that no text makes it take more than pattern times text steps.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
export function wildcard(pattern: string, ignoreCase: boolean): (text: string) => boolean {
  const wanted: number[] = [];
  const source = ignoreCase ? pattern.toLowerCase() : pattern;
  for (let index = 0; index < source.length; index++) {
    const code = source.charCodeAt(index);
    const next = source[index + 1];
    if (code === 0x5c && (next === '*' || next === '?')) wanted.push(source.charCodeAt(++index));
    else if (code === 0x2a) wanted.push(RUN);
    else wanted.push(code === 0x3f ? ONE : code);
  }
  return (text) => matches(wanted, ignoreCase ? text.toLowerCase() : text);
}

function matches(wanted: readonly number[], text: string): boolean {
  let at = 0;
  let next = 0;
  let runAt = -1;
  let runText = 0;
  while (at < text.length) {
    const code = wanted[next];
    if (code === RUN) {
      runAt = next++;
      runText = at;
    } else if (code === ONE || code === text.charCodeAt(at)) {
      next++;
      at++;
    } else if (runAt >= 0) {
      next = runAt + 1;
      at = ++runText;
    } else return false;
  }
  while (wanted[next] === RUN) next++;
  return next === wanted.length;
}
