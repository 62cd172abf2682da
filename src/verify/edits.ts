import { type Document, isAlias, isCollection, isMap, isNode, isScalar, isSeq, parseDocument } from 'yaml';
import type { Path } from '../template/path.ts';
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
  const path = edit.kind === 'add-resource' ? [] : inDocument(document, edit.path);
  // The text has a single value where the edit needs a map or a list: another finding says so.
  if (!path) return;
  switch (edit.kind) {
    case 'set': {
      const old = document.getIn(path, true);
      // One value for another keeps its quotes and the comment behind it.
      if (isScalar(old) && old.tag === undefined && isPlain(edit.value)) old.value = edit.value;
      else document.setIn(path, node(document, edit.value));
      return;
    }
    case 'remove':
      if (document.hasIn(path)) document.deleteIn(path);
      return;
    case 'append': {
      const list = document.getIn(path, true);
      if (isSeq(list)) list.add(node(document, edit.value));
      else {
        const made = document.createNode([edit.value]);
        // One value stands for a list of one.
        if (isNode(list) && !(isScalar(list) && list.value === null)) made.items.unshift(list as never);
        document.setIn(path, made);
      }
      return;
    }
    case 'add-resource': {
      if (!isMap(document.contents)) return;
      const resources = document.get('Resources');
      const added = node(document, edit.resource);
      if (isMap(resources)) resources.set(edit.id, added);
      else document.set('Resources', document.createNode({ [edit.id]: edit.resource }));
    }
  }
}

const isPlain = (value: unknown): boolean => typeof value !== 'object';

/**
 * A path as the nodes of a document are nested: `!If […]` is the list itself, where plain data has a map with `Fn::If`. Undefined where
 * the document has no room for such a path; a key without a value becomes a map.
 */
function inDocument(document: Document.Parsed, path: Path): Path | undefined {
  const steps: (string | number)[] = [];
  let at: unknown = document.contents;
  for (const step of path) {
    if (isNode(at) && longForm(at.tag) === step) continue;
    // One value stands for a list of one.
    if (step === 0 && ((isMap(at) && !at.has(0)) || (isScalar(at) && at.value !== null))) continue;
    if (isScalar(at) && at.value === null) document.setIn(steps, (at = document.createNode({})));
    if (isScalar(at) || isAlias(at) || (isSeq(at) && typeof step !== 'number')) return undefined;
    steps.push(step);
    at = isCollection(at) ? at.get(step, true) : undefined;
  }
  return steps;
}

function longForm(tag: string | undefined): string | undefined {
  if (!tag?.startsWith('!')) return undefined;
  return tag === '!Ref' || tag === '!Condition' ? tag.slice(1) : `Fn::${tag.slice(1)}`;
}

function node(document: Document.Parsed, value: unknown) {
  const made = document.createNode(value);
  if (isCollection(made)) made.flow = false;
  return made;
}
