import type { Outcome } from '../run.ts';

/** https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands */
export function renderGithub(outcomes: readonly Outcome[]): string {
  return outcomes
    .flatMap(({ findings }) => findings)
    .map(({ severity, id, position, resource, message, why, fix }) => {
      const properties = [
        ...(position
          ? [`file=${property(position.file)}`, `line=${position.line}`, `col=${position.column}`]
          : []),
        `title=${property(`${id} (${resource})`)}`,
      ];
      const text = [message, why, ...(fix ? [`fix: ${fix.says}`] : [])].join('\n');
      return `::${severity} ${properties.join(',')}::${data(text)}\n`;
    })
    .join('');
}

const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
