import { ofType } from '../../../topology/from-template/declared.ts';
import { readerOf } from '../../../topology/from-template/values.ts';
import { isUnknown, known } from '../../../topology/system.ts';
import type { Check } from '../../model.ts';
import { cannotTell, found } from '../../report.ts';
import { namedBy } from './references.ts';

export const logGroupMissing: Check = {
  id: 'log-group-missing',
  title: 'The log group that a container writes to is there',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html',
  why: 'The task stops before its containers start, with a ResourceInitializationError or CannotStartContainerError: awslogs does not make the group by itself.',
  *find({ system }) {
    const groups = ofType(system.resources, 'AWS::Logs::LogGroup').map((declared) =>
      readerOf(declared).text('LogGroupName'),
    );
    const open = groups.some(isUnknown);
    const made = new Set(groups.flatMap((name) => known(name) ?? []));
    const reported = new Set<string>();
    for (const { id, containers } of system.taskDefinitions)
      for (const { logDriver, logOptions, origin } of containers) {
        if (logDriver !== 'awslogs' || String(logOptions['awslogs-create-group']) === 'true') continue;
        const group = logOptions['awslogs-group'];
        const at = { ...origin, path: [...origin.path, 'LogConfiguration', 'Options'] };
        if (group === undefined) {
          yield found(id, at, {
            message: 'awslogs has no awslogs-group to write to',
            fix: { says: 'write awslogs-group', edits: [] },
          });
          continue;
        }
        const here = { ...at, path: [...at.path, 'awslogs-group'] };
        const named = namedBy(system, group);
        if (named.kind === 'unknown') yield cannotTell(id, here, `${named.name} is known at deployment only`);
        if (named.kind !== 'text' || made.has(named.text) || reported.has(named.text)) continue;
        if (named.text.includes('⟦') || open) {
          yield cannotTell(id, here, 'the name of the log group is known at deployment only');
          continue;
        }
        reported.add(named.text);
        const own = nameFor(named.text, (name) => system.resources.has(name));
        yield found(id, here, {
          message: `nothing creates the log group ${named.text}, and awslogs-create-group is not true`,
          fix: {
            says: `make ${own}, an AWS::Logs::LogGroup with LogGroupName: ${named.text}`,
            edits: [
              {
                kind: 'add-resource',
                id: own,
                resource: {
                  Type: 'AWS::Logs::LogGroup',
                  Properties: { LogGroupName: named.text, RetentionInDays: 30 },
                },
              },
              { kind: 'set', path: here.path, value: { Ref: own } },
            ],
          },
        });
      }
  },
};

function nameFor(group: string, taken: (name: string) => boolean): string {
  const words = group.split(/[^A-Za-z0-9]+/).filter(Boolean);
  const base = `${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}Logs`;
  let name = base;
  for (let number = 2; taken(name); number++) name = `${base}${number}`;
  return name;
}
