/** The header of an instruction: continued lines joined, comments and empty lines between them left out, as BuildKit does it. */
export function joinLines(source: string, escape: string): string {
  const mark = escape === '`' ? '`' : '\\\\';
  const continued = new RegExp(`([^${mark}])?${mark}[ \\t]*$`);
  let joined = '';
  for (const [index, line] of source.split('\n').entries()) {
    if (index > 0 && /^\s*(#|$)/.test(line)) continue;
    const match = continued.exec(line);
    if (!match) return joined + line;
    joined += line.slice(0, match.index) + (match[1] ?? '');
  }
  return joined;
}
