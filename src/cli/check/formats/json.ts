import { inOrder } from '../../../verify/check.ts';
import type { Finding } from '../../../verify/model.ts';
import type { Counts, Outcome } from '../run.ts';

/** For programs. Absent values are left out. */
export function renderJson(outcomes: readonly Outcome[], counts: Counts): string {
  const result = {
    findings: outcomes.flatMap(({ findings }) => findings.map(plain)),
    counts,
    unknowns: outcomes.flatMap(({ unknowns }) =>
      inOrder(unknowns).map(({ id, resource, position, why }) => ({ id, resource, ...position, why })),
    ),
    ignored: outcomes.flatMap(({ ignored }) =>
      ignored.map(({ finding: { id, resource, position }, reason }) => ({
        id,
        resource,
        ...position,
        reason,
      })),
    ),
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}

const plain = ({ id, severity, resource, property, position, message, why, source, fix, path }: Finding) => ({
  id,
  severity,
  resource,
  property,
  ...position,
  message,
  why,
  source,
  fix,
  path,
});
