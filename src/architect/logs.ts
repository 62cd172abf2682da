import { resource, sub, type Resources } from './intrinsics.ts';
import { logicalId } from './naming.ts';
import type { Plan } from './plan.ts';

export function logs({ app, services }: Plan): Resources {
  return Object.fromEntries(
    services.map(({ name }) => [
      logicalId.logGroup(name),
      resource(`${name}: its log`, 'AWS::Logs::LogGroup', {
        LogGroupName: sub(`/fairway/\${AWS::StackName}/${name}`),
        RetentionInDays: app.settings.logRetentionDays,
      }),
    ]),
  );
}
