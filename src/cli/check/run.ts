import { checks as allChecks } from '../../verify/checks/index.ts';
import { runChecks } from '../../verify/check.ts';
import type { Check, Finding, Unanswered } from '../../verify/model.ts';
import { applyIgnores, type Ignore, type Ignored } from './ignore.ts';
import type { Subject } from './subject.ts';

/** What the checks say of one subject. */
export interface Outcome {
  readonly subject: Subject;
  readonly findings: readonly Finding[];
  readonly ignored: readonly Ignored[];
  readonly unknowns: readonly Unanswered[];
}

export interface Counts {
  readonly errors: number;
  readonly warnings: number;
  readonly ignored: number;
  readonly unknowns: number;
}

export function checkSubject(
  subject: Subject,
  ignores: readonly Ignore[],
  checks: readonly Check[] = allChecks,
): Outcome {
  const { context, positionOf, sourceOf, skipped = [] } = subject;
  const asked = checks.filter(({ id }) => !skipped.includes(id));
  const verdict = runChecks(asked, context, positionOf, sourceOf);
  return {
    subject,
    ...applyIgnores(verdict.findings, ignores, subject),
    unknowns: [...subject.unanswered, ...verdict.unknowns],
  };
}

export function countsOf(outcomes: readonly Outcome[]): Counts {
  const findings = outcomes.flatMap((outcome) => outcome.findings);
  return {
    errors: findings.filter(({ severity }) => severity === 'error').length,
    warnings: findings.filter(({ severity }) => severity === 'warning').length,
    ignored: outcomes.reduce((sum, { ignored }) => sum + ignored.length, 0),
    unknowns: outcomes.reduce((sum, { unknowns }) => sum + unknowns.length, 0),
  };
}

/** 1 where something fails, 0 where all holds or is no more than a warning. */
export const exitCode = ({ errors, warnings }: Counts, strict: boolean): number =>
  errors > 0 || (strict && warnings > 0) ? 1 : 0;
