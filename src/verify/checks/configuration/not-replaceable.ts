import type { ResourceChange } from '../../../template/difference/model.ts';
import type { Check, Fix } from '../../model.ts';
import { found } from '../../report.ts';

export const notReplaceable: Check = {
  id: 'not-replaceable',
  title: 'An update replaces nothing that has a fixed name or holds data',
  severity: 'warning',
  source: 'https://repost.aws/knowledge-center/cloudformation-custom-name',
  why: 'CloudFormation makes the new resource first and takes the old one away afterwards. With a name of its own that fails: “CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename X and update the stack again.” What the old one held goes with it.',
  *find({ templates }) {
    for (const { stack, diff } of templates)
      for (const change of diff?.resources ?? []) {
        if (
          change.kind !== 'replaced' &&
          change.kind !== 'may-be-replaced' &&
          change.renamedFrom === undefined
        )
          continue;
        const message = whatGoes(change);
        if (message === undefined) continue;
        const path = change.properties.find(({ effect }) => effect !== 'none')?.path ?? change.path;
        yield found(change.id, stack === undefined ? { path } : { stack, path }, {
          message,
          fix: fixOf(change),
        });
      }
  },
};

function whatGoes({ id, kind, properties, data, name, renamedFrom }: ResourceChange): string | undefined {
  const reasons = [
    ...(name ? [`its ${name.property} ${JSON.stringify(name.value)} is taken by the old one`] : []),
    ...(data?.fate === 'lost' ? [`${data.what} of the old one would be lost`] : []),
  ];
  if (reasons.length === 0) return undefined;
  const causes = properties.flatMap(({ label, effect, because }) =>
    effect === 'none' ? [] : [because === undefined ? label : `${label} (${because} is replaced)`],
  );
  const cause =
    renamedFrom === undefined
      ? causes.length === 0
        ? 'its type changes'
        : `${causes.join(', ')} ${causes.length === 1 ? 'changes' : 'change'}`
      : `it was ${renamedFrom} before`;
  const verb = kind === 'may-be-replaced' ? 'may be replaced' : 'is replaced';
  return `${id} ${verb}, for ${cause}: ${reasons.join(', and ')}`;
}

function fixOf({ name, data, path }: ResourceChange): Fix {
  if (data?.fate === 'lost')
    return {
      says: 'write UpdateReplacePolicy: Retain, and move the data before the old one is deleted',
      edits: name ? [] : [{ kind: 'set', path: [...path, 'UpdateReplacePolicy'], value: 'Retain' }],
    };
  return {
    says: `take ${name?.property ?? 'the name'} out, so that each gets a name of its own`,
    edits: removal(path, name?.property),
  };
}

function removal(path: ResourceChange['path'], property: string | undefined): Fix['edits'] {
  return property === undefined ? [] : [{ kind: 'remove', path: [...path, 'Properties', property] }];
}
