import type { Position } from '../common/problem.ts';
import type { Path } from '../template/path.ts';
import type { Origin } from '../topology/model.ts';
import type { System } from '../topology/system.ts';
import { partiesOf } from './ends.ts';
import type { Check, Context, Edit, Finding, Unanswered, Verdict } from './model.ts';
import { graphOf } from './reach/graph.ts';

/** What checks look at, made once for all of them. */
export function contextOf(system: System, more: Omit<Context, 'system' | 'graph' | 'parties'>): Context {
  return { system, graph: graphOf(system), parties: partiesOf(system), ...more };
}

/**
 * Runs checks; findings in the order of the text they are about. `sourceOf` tells where what stands at a path of the evaluated
 * template was written, which is where edits have to be made.
 */
export function runChecks(
  checks: readonly Check[],
  context: Context,
  positionOf: (origin: Origin) => Position | undefined,
  sourceOf: (origin: Origin, path: Path) => Path = (_origin, path) => path,
): Verdict {
  const findings: Finding[] = [];
  const unknowns: Unanswered[] = [];
  for (const check of checks)
    for (const report of check.find(context)) {
      const { resource, origin } = report;
      if (report.kind === 'cannot-tell')
        unknowns.push({
          id: check.id,
          resource,
          // Asked for where they are listed: to find places costs as much as to read the text.
          get position() {
            return positionOf(origin);
          },
          why: report.why,
        });
      else {
        const position = positionOf(origin);
        findings.push({
          id: check.id,
          severity: check.severity,
          resource,
          property: propertyOf(origin),
          position,
          message: report.message,
          why: check.why,
          source: check.source,
          fix: report.fix && { ...report.fix, edits: inText(report.fix.edits, origin, sourceOf) },
          path: report.path,
        });
      }
    }
  return { findings: inOrder(findings), unknowns };
}

function inText(
  edits: readonly Edit[],
  origin: Origin,
  sourceOf: (origin: Origin, path: Path) => Path,
): readonly Edit[] {
  return edits.map((edit) => {
    if (edit.kind === 'add-resource') return edit;
    if (edit.kind === 'remove') return { ...edit, path: sourceOf(origin, edit.path) };
    // What is set or added to stands below the branch of a condition that holds, as what is in it does.
    return { ...edit, path: sourceOf(origin, [...edit.path, 0]).slice(0, -1) };
  });
}

/** `ContainerDefinitions[0].Image` of the path below `Properties`. */
export function propertyOf({ path }: Origin): string | undefined {
  const below = path.slice(path.indexOf('Properties') + 1);
  if (!path.includes('Properties') || below.length === 0) return undefined;
  return below
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '');
}

/** In the order of the text. */
export function inOrder<T extends { readonly position: Position | undefined }>(items: readonly T[]): T[] {
  return items.toSorted((a, b) => {
    const [one, other] = [a.position, b.position];
    if (!one || !other) return Number(!one) - Number(!other);
    return (
      (one.file < other.file ? -1 : one.file > other.file ? 1 : 0) ||
      one.line - other.line ||
      one.column - other.column
    );
  });
}
