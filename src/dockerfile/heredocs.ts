import { Copy, type Heredoc as HeredocNode, type Instruction as Node, Onbuild, Run } from 'dockerfile-ast';
import type { Position, Problem } from '../common/problem.ts';
import { joinLines } from './lines.ts';
import type { Heredoc } from './model.ts';

/**
 * The library knows here-documents of RUN and COPY only. ADD has the same ones, so it is shown a COPY where ADD stands; what is
 * taken out of the file is taken from the text as written.
 */
export const shownToLibrary = (source: string): string =>
  source.replace(/^([ \t]*(?:ONBUILD[ \t]+)?)ADD([ \t][^\n]*<<)/gim, '$1COPY$2');

const nodesOf = (node: Node | null): readonly HeredocNode[] => {
  if (node instanceof Onbuild) return nodesOf(node.getTriggerInstruction());
  return node instanceof Run || node instanceof Copy ? node.getHeredocs() : [];
};

/** The here-documents of an instruction with their contents; one without an end is a problem. */
export function heredocsOf(node: Node, source: string, position: Position, problems: Problem[]): Heredoc[] {
  const lines = source.split('\n');
  const shown = shownToLibrary(source).split('\n');
  return nodesOf(node).map((document) => {
    const name = document.getName();
    const { start, end } = document.getStartRange();
    const introducer = (shown[start.line] ?? '').slice(start.character, end.character);
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
