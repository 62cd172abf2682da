import { Copy, type Heredoc as HeredocNode, type Instruction as Node, Onbuild, Run } from 'dockerfile-ast';
import type { Position, Problem } from '../common/problem.ts';
import { joinLines } from './lines.ts';
import type { Heredoc } from './model.ts';

/** The library knows those of RUN and COPY; ADD is refused one, since COPY does the same. */
const nodesOf = (node: Node | null): readonly HeredocNode[] => {
  if (node instanceof Onbuild) return nodesOf(node.getTriggerInstruction());
  return node instanceof Run || node instanceof Copy ? node.getHeredocs() : [];
};

/** The here-documents of an instruction with their contents; one without an end is a problem. */
export function heredocsOf(node: Node, source: string, position: Position, problems: Problem[]): Heredoc[] {
  const lines = source.split('\n');
  if (node.getKeyword() === 'ADD' && node.getArguments().some((word) => word.getValue().startsWith('<<')))
    problems.push({
      code: 'dockerfile-heredoc',
      message: 'ADD with a here-document is not read',
      position,
      fix: 'write COPY, which does the same with it',
    });
  return nodesOf(node).map((document) => {
    const name = document.getName();
    const { start, end } = document.getStartRange();
    const introducer = (lines[start.line] ?? '').slice(start.character, end.character);
    const last = document.getDelimiterRange();
    if (!last)
      problems.push({
        code: 'dockerfile-heredoc',
        message: `the here-document ${name} does not end`,
        position,
        fix: `write ${name} alone on the line after its text`,
      });
    const range = document.getContentRange();
    const body = range && last ? lines.slice(range.start.line, last.start.line) : [];
    return {
      name,
      content: body.map((line) => `${line}\n`).join(''),
      expand: !/["']/.test(introducer),
      stripTabs: introducer.startsWith('<<-'),
    };
  });
}

/** Keyword and arguments without the contents of here-documents, as one line. */
export function headerOf(node: Node, source: string, escape: string): string {
  const { start, end } = node.getRange();
  const lines = source.split('\n').slice(start.line, end.line + 1);
  return joinLines([(lines[0] ?? '').slice(start.character), ...lines.slice(1)].join('\n'), escape);
}
