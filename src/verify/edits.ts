import { type Document, isAlias, isCollection, isMap, isNode, isScalar, isSeq, parseDocument } from 'yaml';
import type { Path } from '../template/path.ts';
import type { Edit } from './model.ts';

/**
 * A template's text with edits made. Comments, order and style of what is not touched stay: YAML in its own style, JSON with its
 * own indentation.
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const document = parseDocument(text, { logLevel: 'silent', keepSourceTokens: true });
  for (const edit of inTurn(edits)) apply(document, edit);
  if (!text.trimStart().startsWith('{'))
    return document.toString({ lineWidth: 0, flowCollectionPadding: false });
  const indent = /^\{\r?\n( +)/.exec(text.trimStart())?.[1]?.length ?? 2;
  return `${JSON.stringify(document.toJS(), null, indent)}\n`;
}

/** What goes away goes last, and members of a list from the last to the first: each is where its path says. */
function inTurn(edits: readonly Edit[]): readonly Edit[] {
  const removals = new Map(
    edits.flatMap((edit) => (edit.kind === 'remove' ? [[JSON.stringify(edit.path), edit] as const] : [])),
  );
  return [
    ...edits.filter(({ kind }) => kind !== 'remove'),
    ...[...removals.values()].toSorted((a, b) => backwards(a.path, b.path)),
  ];
}

/** What is further behind comes first, and what is within something before that. */
function backwards(a: Path, b: Path): number {
  const at = a.findIndex((key, index) => key !== b[index]);
  const [one, other] = [a[at], b[at]];
  if (at < 0 || other === undefined) return b.length - a.length;
  if (typeof one === 'number' && typeof other === 'number') return other - one;
  return String(one) < String(other) ? -1 : 1;
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
      const branches = branchesOf(list);
      if (branches) {
        for (const branch of branches) apply(document, { ...edit, path: [...edit.path, 'Fn::If', branch] });
        return;
      }
      // What another function makes has no place for one more.
      if (isFunction(list) && !isNoValue(list)) return;
      if (isNoValue(list)) document.setIn(path, document.createNode([edit.value]));
      else if (isSeq(list)) list.add(node(document, edit.value));
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

/** The branches of `Fn::If`, in both forms, which are more than nothing. */
function branchesOf(value: unknown): readonly number[] | undefined {
  const list = isMap(value) && value.items.length === 1 ? value.get('Fn::If', true) : value;
  const isIf = isSeq(list) && (list !== value || list.tag === '!If');
  return isIf ? [1, 2].filter((branch) => !isNoValue(list.get(branch, true))) : undefined;
}
function isNoValue(value: unknown): boolean {
  if (isMap(value)) return value.get('Ref') === 'AWS::NoValue';
  return isScalar(value) && value.tag === '!Ref' && value.value === 'AWS::NoValue';
}
function isFunction(value: unknown): boolean {
  if (isNode(value) && longForm(value.tag) !== undefined) return true;
  const [pair, second] = isMap(value) ? value.items : [];
  const key = pair && isScalar(pair.key) ? String(pair.key.value) : '';
  return second === undefined && (key === 'Ref' || key.startsWith('Fn::'));
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
