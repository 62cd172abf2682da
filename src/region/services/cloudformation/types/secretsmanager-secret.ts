import { gone, orMissing } from '../engine/failure.ts';
import { changed, isOurs, tagChanges } from './changes.ts';
import { resourceType, type Context } from './resource-type.ts';

interface Generate {
  readonly SecretStringTemplate?: string;
  readonly GenerateStringKey?: string;
  readonly PasswordLength?: number;
  readonly ExcludeCharacters?: string;
  readonly ExcludeNumbers?: boolean;
  readonly ExcludePunctuation?: boolean;
  readonly ExcludeUppercase?: boolean;
  readonly ExcludeLowercase?: boolean;
  readonly IncludeSpace?: boolean;
  readonly RequireEachIncludedType?: boolean;
}
interface Properties {
  readonly Name?: string;
  readonly Description?: string;
  readonly SecretString?: string;
  readonly GenerateSecretString?: Generate;
  readonly Tags?: unknown;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html */
export const secret = resourceType<Properties>({
  type: 'AWS::SecretsManager::Secret',
  properties: ['Name', 'Description', 'SecretString', 'GenerateSecretString', 'Tags'],
  naming: { property: 'Name', limit: 512 },
  async create(context) {
    const { region, name, token, properties, tags } = context;
    const { ARN } = await region.api.secretsmanager.CreateSecret({
      Name: name,
      ClientRequestToken: token,
      Description: properties.Description,
      SecretString: await value(context),
      Tags: tags.map(({ Key, Value }) => ({ Key, Value })),
    });
    return ARN!;
  },
  async find({ region, name, tags }) {
    const found = await orMissing(region.api.secretsmanager.DescribeSecret({ SecretId: name }));
    return isOurs(tags, found?.Tags) ? found?.ARN : undefined;
  },
  async sync(existing) {
    const { region, physicalId: SecretId, properties, before } = existing;
    const { secretsmanager } = region.api;
    if (before && changed(existing, 'Description', 'SecretString', 'GenerateSecretString'))
      await secretsmanager.UpdateSecret({
        SecretId,
        Description: properties.Description ?? '',
        ...(changed(existing, 'SecretString', 'GenerateSecretString')
          ? { SecretString: await value(existing) }
          : {}),
      });
    const { put, remove } = tagChanges(existing);
    if (put.length > 0) await secretsmanager.TagResource({ SecretId, Tags: [...put] });
    if (remove.length > 0) await secretsmanager.UntagResource({ SecretId, TagKeys: [...remove] });
  },
  /** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html */
  delete: ({ region, physicalId }) =>
    gone(region.api.secretsmanager.DeleteSecret({ SecretId: physicalId, ForceDeleteWithoutRecovery: true })),
});

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html */
async function value({ region, properties }: Context<Properties>): Promise<string | undefined> {
  const { SecretString, GenerateSecretString: generate } = properties;
  if (!generate) return SecretString;
  const { SecretStringTemplate, GenerateStringKey, ...options } = generate;
  const { RandomPassword = '' } = await region.api.secretsmanager.GetRandomPassword(options);
  if (SecretStringTemplate === undefined || GenerateStringKey === undefined) return RandomPassword;
  const template = JSON.parse(SecretStringTemplate) as Record<string, unknown>;
  return JSON.stringify({ ...template, [GenerateStringKey]: RandomPassword });
}
