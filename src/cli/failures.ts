import type { Observer, ServiceFailure } from '../deploy/observer.ts';
import type { Finding } from '../verify/model.ts';
import type { Invocation } from './command.ts';
import type { Project } from './project.ts';

/**
 * Tells, while a deployment goes on, why a task did not stay, the last that its programs said, and where the check had found the
 * cause beforehand: of what it looks for and did not find, nothing is said.
 */
export function tellFailure(
  invocation: Invocation,
  project: Project,
  progress: Pick<Observer, 'note'>,
  { logicalId, reason, lastLines, checks }: ServiceFailure,
): void {
  const { red, dim } = invocation.terminal.style;
  progress.note(
    [
      `${red(`a task of ${logicalId} stopped:`)} ${reason}`,
      ...lastLines.map((line) => `         ${dim('|')} ${line}`),
    ].join('\n'),
  );
  if (checks.length === 0) return;
  void findings(invocation, project, logicalId, checks)
    .then((found) => {
      for (const { id, message } of found)
        progress.note(`         the check tells it: ${message} (fairway check; docs/checks/${id}.md)`);
    })
    // What explains a failure must not be one.
    .catch(() => undefined);
}

/** Of these checks, what they find in the service or in what it shares with others. */
async function findings(
  invocation: Invocation,
  project: Project,
  logicalId: string,
  ids: readonly string[],
): Promise<readonly Finding[]> {
  const [{ composeSubject }, { checkSubject }, { checks }, { readText }] = await Promise.all([
    import('./check/compose.ts'),
    import('./check/run.ts'),
    import('../verify/checks/index.ts'),
    import('./project.ts'),
  ]);
  const subject = composeSubject(project, {
    region: invocation.text('region'),
    text: (file) => readText(invocation.cwd, file),
  });
  const asked = checks.filter(({ id }) => ids.includes(id));
  const of = (resource: string) => subject.madeFrom?.(resource);
  return checkSubject(subject, [], asked).findings.filter(
    ({ resource }) => of(resource) === of(logicalId) || of(resource) === 'the project',
  );
}
