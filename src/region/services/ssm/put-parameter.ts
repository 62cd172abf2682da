import type { PutParameterRequest } from '@aws-sdk/client-ssm';
import { ApiError } from '../../gateway/api-error.ts';
import { validation } from './errors.ts';
import { latest, type ParameterKind, type ParameterRecord, type SsmState } from './state.ts';
import { readTags } from './tags.ts';

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html */
const NAME = /^\/?[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/;
const KINDS: readonly ParameterKind[] = ['String', 'StringList', 'SecureString'];
/** https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html */
const MOST_BYTES = { Standard: 4096, Advanced: 8192 };
type Tier = ParameterRecord['tier'];
/** https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-versions.html */
const MOST_VERSIONS = 100;
const OWN_KEY = 'alias/aws/ssm';

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html */
export function putParameter(state: SsmState, input: PutParameterRequest): ParameterRecord {
  const { Name: name = '', Value: value = '', Overwrite, DataType = 'text', Tags } = input;
  checkName(name);
  const before = state.parameters.get(name);
  if (before && !Overwrite)
    throw new ApiError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      400,
    );
  if (before && Tags?.length)
    throw validation(
      'Invalid request: tags and overwrite can’t be used together. To create a parameter with tags, please remove overwrite flag.',
    );
  const type = kindOf(input.Type ?? (before && latest(before).type));
  if (before && latest(before).type === 'SecureString' && type !== 'SecureString')
    throw new ApiError(
      'HierarchyTypeMismatch',
      'A parameter of the type SecureString keeps its type. Delete it and create it again.',
      400,
    );
  if (input.KeyId !== undefined && input.KeyId !== OWN_KEY)
    throw validation(`KeyId ${input.KeyId} is not enacted in the local region: it has ${OWN_KEY} only`);
  if (DataType !== 'text') throw validation(`DataType ${DataType} is not enacted in the local region`);
  const allowedPattern = input.AllowedPattern ?? before?.allowedPattern;
  const tier = tierOf(input.Tier, before?.tier);
  checkValue(value, tier, allowedPattern);
  const version = (before ? latest(before).version : 0) + 1;
  const versions = [
    ...(before?.versions ?? []),
    { version, type, value, changedAt: new Date(state.region.clock.now()) },
  ];
  const record: ParameterRecord = {
    name,
    description: input.Description ?? before?.description,
    allowedPattern,
    dataType: DataType,
    tier,
    tags: before ? before.tags : readTags(Tags),
    versions: versions.slice(-MOST_VERSIONS),
  };
  state.parameters.put(name, record);
  return record;
}

function checkName(name: string): void {
  if (!NAME.test(name) || name.length > 2048)
    throw validation(
      'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
    );
  if (/^\/?(aws|ssm)/i.test(name))
    throw new ApiError('AccessDeniedException', `No access to reserved parameter name: ${name}.`, 400);
  // https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-hierarchies.html
  if (name.split('/').length - 1 > 15)
    throw new ApiError('HierarchyLevelLimitExceededException', 'A hierarchy has at most 15 levels.', 400);
  if (name.includes('/') && !name.startsWith('/'))
    throw validation('Parameter name must be a fully qualified name.');
}

function kindOf(type: string | undefined): ParameterKind {
  const kind = KINDS.find((one) => one === type);
  if (kind) return kind;
  throw validation(
    type === undefined
      ? 'A parameter type is required when you create a parameter.'
      : `1 validation error detected: Value '${type}' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [${KINDS.join(', ')}]`,
  );
}

/** One that is Advanced stays so. https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html */
function tierOf(given: string | undefined, before: Tier | undefined): Tier {
  if (given === undefined || given === '') return before ?? 'Standard';
  if (given === 'Standard' && before === 'Advanced')
    throw validation(
      'This parameter uses the advanced-parameter tier. You can’t downgrade a parameter from the advanced-parameter tier to the standard-parameter tier.',
    );
  if (given === 'Standard' || given === 'Advanced') return given;
  throw validation(`Tier ${given} is not enacted in the local region`);
}

function checkValue(value: string, tier: Tier, pattern: string | undefined): void {
  if (value === '')
    throw validation("1 validation error detected: Value '' at 'value' failed to satisfy constraint");
  const most = MOST_BYTES[tier];
  if (Buffer.byteLength(value) > most)
    throw validation(`${tier} tier parameters support a maximum parameter value of ${most} characters.`);
  if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`).test(value))
    throw new ApiError(
      'ParameterPatternMismatchException',
      `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
      400,
    );
}
