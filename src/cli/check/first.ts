import { OperationError } from '../../common/problem.ts';
import { checks } from '../../verify/checks/index.ts';
import type { Invocation } from '../command.ts';
import { readText, type Project } from '../project.ts';
import { composeSubject } from './compose.ts';
import { renderFinding } from './formats/text.ts';
import { checkSubject, countsOf } from './run.ts';
import { readIgnores } from './settings.ts';

/**
 * What would fail on AWS is told before anything is deployed.
 * @throws OperationError where something would, with all of it printed
 */
export function checkFirst({ terminal, cwd, text }: Invocation, project: Project): void {
  const read = (file: string) => readText(cwd, file);
  const subject = composeSubject(project, { region: text('region'), text: read });
  const ids = checks.map(({ id }) => id);
  const outcome = checkSubject(subject, readIgnores(subject.folder, read, ids), checks);
  const { errors, warnings } = countsOf([outcome]);
  if (errors > 0) {
    for (const finding of outcome.findings.filter(({ severity }) => severity === 'error'))
      terminal.err(`${renderFinding(finding, outcome, terminal.style)}\n\n`);
    throw new OperationError({
      code: 'check',
      message: errors === 1 ? 'the check found an error' : `the check found ${errors} errors`,
      fix: '--no-check goes on all the same; fairway.yaml says what to ignore, and why',
    });
  }
  if (warnings > 0)
    terminal.err(
      `${terminal.style.yellow('check:')} ${warnings === 1 ? 'one warning' : `${warnings} warnings`} (fairway check shows ${warnings === 1 ? 'it' : 'them'})\n`,
    );
}
