import { type Document, isCollection, isMap, isSeq, parseDocument } from 'yaml';
import type { Edit } from './model.ts';

/**
 * A template's text with edits made. Comments, order and style of what is not touched stay: YAML in its own style, JSON with its
 * own indentation.
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const document = parseDocument(text, { logLevel: 'silent', keepSourceTokens: true });
  for (const edit of edits) apply(document, edit);
  if (!text.trimStart().startsWith('{'))
    return document.toString({ lineWidth: 0, flowCollectionPadding: false });
  const indent = /^\{\r?\n( +)/.exec(text.trimStart())?.[1]?.length ?? 2;
  return `${JSON.stringify(document.toJS(), null, indent)}\n`;
}

function apply(document: Document.Parsed, edit: Edit): void {
  switch (edit.kind) {
    case 'set':
      return document.setIn(edit.path, node(document, edit.value));
    case 'remove':
      return void document.deleteIn(edit.path);
    case 'append': {
      const list = document.getIn(edit.path);
      if (isSeq(list)) list.add(node(document, edit.value));
      else document.setIn(edit.path, document.createNode([edit.value]));
      return;
    }
    case 'add-resource': {
      const resources = document.get('Resources');
      const added = node(document, edit.resource);
      if (isMap(resources)) resources.set(edit.id, added);
      else document.set('Resources', document.createNode({ [edit.id]: edit.resource }));
    }
  }
}

function node(document: Document.Parsed, value: unknown) {
  const made = document.createNode(value);
  if (isCollection(made)) made.flow = false;
  return made;
}
