import type { Context } from '../model.ts';
import { oncePer } from '../once.ts';
import { referencesIn } from './references.ts';

/** Databases by the ids of their own resource, their instances and the secrets with their credentials. */
const holders = oncePer(({ system }): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  const ids = new Set(system.databases.map(({ id }) => id));
  for (const { id, type, properties } of system.resources.values()) {
    // An instance of a cluster: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Overview.Endpoints.html
    if (/^AWS::(RDS|DocDB|Neptune)::DBInstance$/.test(type))
      for (const { id: cluster } of referencesIn(properties['DBClusterIdentifier']))
        if (ids.has(cluster)) found.set(id, cluster);
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-secrettargetattachment.html
    if (type === 'AWS::SecretsManager::SecretTargetAttachment') {
      const target = referencesIn(properties['TargetId'])[0]?.id ?? '';
      if (!ids.has(target)) continue;
      found.set(id, target);
      for (const { id: secret } of referencesIn(properties['SecretId'])) found.set(secret, target);
    }
  }
  return found;
});

/** The databases whose address or credentials a value is made of. */
export function databaseReferences(context: Context, value: unknown): readonly string[] {
  const known = holders(context);
  const databases = context.parties;
  return [
    ...new Set(
      referencesIn(value).flatMap(({ id, attribute = '' }) => {
        const party = databases.get(id);
        const own = party?.kind === 'database';
        const secret = attribute.startsWith('MasterUserSecret');
        if (own) return secret || /endpoint|address/i.test(attribute) ? [id] : [];
        const to = known.get(id);
        return to === undefined || attribute.endsWith('Port') ? [] : [to];
      }),
    ),
  ];
}
