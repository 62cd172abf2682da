import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { visibleLength } from '../terminal.ts';
import {
  activityOf,
  describeResource,
  isStack,
  outcomeOf,
  type Progress,
  type ProgressOptions,
} from './steps.ts';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const REDRAW_MS = 80;

interface Branch {
  readonly name: string;
  readonly resources: Map<string, { description: string; status: string; reason: string | undefined }>;
}

/** The stack as a tree of its services and what they stand on, redrawn in place. */
export function treeProgress({ terminal, template, stackName, services }: ProgressOptions): Progress {
  const { style } = terminal;
  const began = Date.now();
  const branches = new Map<string, Branch>();
  const expected = new Map<string, number>();
  const branchOf = branchFinder(services);
  let state = '';
  let drawn = 0;
  let frame = 0;
  const timer = setInterval(draw, REDRAW_MS);

  function branch(logicalId: string): Branch {
    const name = branchOf(logicalId);
    const existing = branches.get(name) ?? { name, resources: new Map() };
    branches.set(name, existing);
    return existing;
  }

  function line({ name, resources }: Branch, last: boolean): string[] {
    const all = [...resources.values()];
    const total = Math.max(expected.get(name) ?? 0, all.length);
    const done = all.filter(
      ({ status }) => outcomeOf(status) !== undefined && !status.endsWith('_FAILED'),
    ).length;
    const failed = all.filter(({ status }) => status.endsWith('_FAILED'));
    const active = all.filter(({ status }) => outcomeOf(status) === undefined);
    const mark =
      failed.length > 0
        ? style.red('✗')
        : done >= total
          ? style.green('✓')
          : active.length > 0
            ? style.cyan(FRAMES[frame % FRAMES.length]!)
            : style.dim('·');
    const now = active.at(-1);
    const doing = now ? style.dim(`${activityOf(now.status)} ${now.description}`) : '';
    const head = `${last ? '└─' : '├─'} ${mark} ${name.padEnd(16)} ${style.dim(`${done}/${total}`.padStart(5))}  ${doing}`;
    return [
      head,
      ...failed.map(
        ({ description, reason }) =>
          `${last ? '  ' : '│ '}    ${style.red(`${description}: ${reason ?? 'failed'}`)}`,
      ),
    ];
  }

  function draw(): void {
    frame++;
    const list = [...branches.values()];
    const lines = [
      `${style.bold(stackName)} ${state}  ${style.dim(`${((Date.now() - began) / 1000).toFixed(1)}s`)}`,
      ...list.flatMap((entry, index) => line(entry, index === list.length - 1)),
    ].map((text) => cut(text, terminal.columns() - 1));
    terminal.err(
      `${drawn > 0 ? `\u001b[${drawn}A` : ''}${lines.map((text) => `\u001b[2K${text}`).join('\n')}\n\u001b[J`,
    );
    drawn = lines.length;
  }

  return {
    planned(changes) {
      for (const { logicalId } of changes) {
        const { name } = branch(logicalId);
        expected.set(name, (expected.get(name) ?? 0) + 1);
      }
    },
    note(text) {
      drawn = 0;
      terminal.err(`\u001b[2K${text}\n`);
    },
    event(event: StackEvent) {
      if (isStack(event)) {
        state = event.ResourceStatus ?? '';
        return;
      }
      branch(event.LogicalResourceId ?? '').resources.set(event.LogicalResourceId ?? '', {
        description: describeResource(template, event),
        status: event.ResourceStatus ?? '',
        reason: event.ResourceStatusReason,
      });
    },
    finish() {
      clearInterval(timer);
      draw();
    },
  };
}

/** Services name their resources with their own name first; what is left is the project's common ground. */
function branchFinder(services: readonly string[]): (logicalId: string) => string {
  const prefixes = services
    .map((name) => ({ name, prefix: name.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase() }))
    .sort((a, b) => b.prefix.length - a.prefix.length);
  return (logicalId) =>
    prefixes.find(({ prefix }) => logicalId.toLowerCase().startsWith(prefix))?.name ?? 'network';
}

function cut(text: string, width: number): string {
  if (visibleLength(text) <= width) return text;
  let visible = 0;
  let index = 0;
  while (index < text.length && visible < width - 1) {
    if (text[index] === '\u001b') index = text.indexOf('m', index) + 1;
    else {
      visible++;
      index++;
    }
  }
  return `${text.slice(0, index)}…\u001b[0m`;
}
