import type { PullPolicy } from '../app.ts';
import { type Field, field, type Findings, parsed } from '../read.ts';

const POLICIES: Readonly<Record<string, PullPolicy>> = {
  always: 'always',
  missing: 'missing',
  if_not_present: 'missing',
  never: 'never',
  build: 'build',
};

/** `pull_policy`: https://github.com/compose-spec/compose-spec/blob/main/05-services.md#pull_policy */
export function readPullPolicy(found: Findings, at: Field): PullPolicy | undefined {
  const written = field(at, 'pull_policy');
  const policy = parsed(
    found,
    written,
    (text) => {
      // An image that is pulled each time is never older than that.
      if (/^(?:daily|weekly|every_(?:\d+[wdhms])+)$/.test(text)) return 'always';
      return Object.hasOwn(POLICIES, text) ? POLICIES[text] : undefined;
    },
    'always, missing, never or build',
  );
  if (policy && policy.value === 'build' && !field(at, 'build'))
    found.problems.push({
      code: 'compose-value',
      message: `${at.name}.pull_policy is build, and there is nothing to build`,
      position: policy.position,
      fix: 'write `build: FOLDER`, or always, missing or never',
    });
  return policy?.value;
}
