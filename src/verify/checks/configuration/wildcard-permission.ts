import { ofType } from '../../../topology/from-template/declared.ts';
import { readerOf } from '../../../topology/from-template/values.ts';
import { inlineOf, managedName, statementsOf, type Statement } from '../../iam/roles.ts';
import type { Check } from '../../model.ts';
import { found, under } from '../../report.ts';

export const wildcardPermission: Check = {
  id: 'wildcard-permission',
  title: 'No policy allows every action on every resource',
  severity: 'warning',
  source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege',
  why: 'Whoever breaks into the program may do everything in the account.',
  *find({ system: { resources } }) {
    for (const declared of ofType(resources, 'AWS::IAM::Role', 'AWS::IAM::User', 'AWS::IAM::Group')) {
      const read = readerOf(declared);
      for (const statement of inlineOf(read).statements) yield* broad(declared.id, statement);
      const managed = read.raw('ManagedPolicyArns');
      for (const [index, arn] of (Array.isArray(managed) ? (managed as unknown[]) : []).entries())
        if (managedName(arn) === 'AdministratorAccess')
          yield found(declared.id, under(declared.origin, ['ManagedPolicyArns', index]), {
            message: `${declared.id} has AdministratorAccess, which allows every action on every resource`,
            fix: { says: 'allow the actions that are needed', edits: [] },
          });
    }
    for (const declared of ofType(
      resources,
      'AWS::IAM::Policy',
      'AWS::IAM::ManagedPolicy',
      'AWS::IAM::RolePolicy',
      'AWS::IAM::UserPolicy',
    ))
      for (const statement of statementsOf(readerOf(declared))) yield* broad(declared.id, statement);
  },
};

function* broad(id: string, { allow, actions, notActions, resources, conditional, origin }: Statement) {
  const every = actions.some((action) => action === '*' || action === '*:*') || notActions.length > 0;
  if (!allow || conditional || !every || !resources.includes('*')) return;
  const key = notActions.length > 0 ? 'NotAction' : 'Action';
  yield found(
    id,
    { ...origin, path: [...origin.path, key] },
    {
      message:
        notActions.length > 0
          ? `${id} allows every action but ${notActions.map(String).join(', ')} on every resource`
          : `${id} allows every action on every resource`,
      fix: { says: 'name the actions and the resources that are needed', edits: [] },
    },
  );
}
