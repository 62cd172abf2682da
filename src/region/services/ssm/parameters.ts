import type { Parameter, ParameterMetadata, ParameterStringFilter } from '@aws-sdk/client-ssm';
import { ApiError } from '../../gateway/api-error.ts';
import { pageAfter } from '../../gateway/page.ts';
import type { Handlers } from '../../gateway/types.ts';
import { operation, parameterNotFound, validation } from './errors.ts';
import { putParameter } from './put-parameter.ts';
import { latest, type ParameterRecord, type ParameterVersion, type SsmState } from './state.ts';

const invalidToken = () => new ApiError('InvalidNextToken', 'The specified token is not valid.', 400);

/** Parameter Store. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Operations_AWS_Systems_Manager.html */
export function parameterHandlers(state: SsmState): Handlers<typeof import('@aws-sdk/client-ssm')> {
  const { parameters } = state;
  /** `name`, `name:version` or an ARN. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html */
  function find(reference: string, decrypted = false): Parameter | undefined {
    const text = nameOf(reference);
    const [name = '', selector] = text.split(':');
    const record = parameters.get(name) ?? parameters.get(name.replace(/^\//, ''));
    if (!record) return undefined;
    const version =
      selector === undefined
        ? latest(record)
        : record.versions.find((one) => String(one.version) === selector);
    if (!version) throw new ApiError('ParameterVersionNotFound', `${name} has no version ${selector}.`, 400);
    return view(state, record, version, decrypted);
  }
  return {
    PutParameter: operation(
      [
        'Name',
        'Value',
        'Type',
        'Description',
        'Overwrite',
        'AllowedPattern',
        'Tags',
        'Tier',
        'DataType',
        'KeyId',
      ],
      (input) => {
        const record = putParameter(state, input);
        return { Version: latest(record).version, Tier: record.tier };
      },
    ),
    GetParameter: operation(['Name', 'WithDecryption'], ({ Name = '', WithDecryption }) => {
      const found = find(Name, WithDecryption);
      if (!found) throw parameterNotFound();
      return { Parameter: found };
    }),
    GetParameters: operation(['Names', 'WithDecryption'], ({ Names = [], WithDecryption }) => {
      if (Names.length < 1 || Names.length > 10)
        throw validation('Names must have between 1 and 10 members.');
      const found = Names.map((name) => [name, find(name, WithDecryption)] as const);
      return {
        Parameters: found.flatMap(([, parameter]) => parameter ?? []),
        InvalidParameters: found.filter(([, parameter]) => !parameter).map(([name]) => name),
      };
    }),
    GetParametersByPath: operation(
      ['Path', 'Recursive', 'WithDecryption', 'MaxResults', 'NextToken'],
      ({ Path = '', Recursive, WithDecryption, MaxResults = 10, NextToken }) => {
        if (!Path.startsWith('/'))
          throw validation(
            'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/".',
          );
        const prefix = Path.endsWith('/') ? Path : `${Path}/`;
        const below = [...parameters.values()].filter(
          ({ name }) => name.startsWith(prefix) && (Recursive || !name.slice(prefix.length).includes('/')),
        );
        const { items, next } = pageAfter(below, ({ name }) => name, MaxResults, NextToken, invalidToken);
        return {
          Parameters: items.map((record) => view(state, record, latest(record), WithDecryption)),
          ...(next ? { NextToken: next } : {}),
        };
      },
    ),
    GetParameterHistory: operation(['Name', 'WithDecryption'], ({ Name = '', WithDecryption }) => {
      const record = parameters.get(nameOf(Name));
      if (!record) throw parameterNotFound();
      return {
        Parameters: record.versions.map((version) => {
          const { ARN: _arn, ...seen } = view(state, record, version, WithDecryption);
          return { ...seen, Description: record.description };
        }),
      };
    }),
    DescribeParameters: operation(
      ['ParameterFilters', 'MaxResults', 'NextToken'],
      ({ ParameterFilters = [], MaxResults = 50, NextToken }) => {
        const chosen = [...parameters.values()].filter((record) =>
          ParameterFilters.every((filter) => fits(record, filter)),
        );
        const { items, next } = pageAfter(chosen, ({ name }) => name, MaxResults, NextToken, invalidToken);
        return {
          Parameters: items.map((record) => metadata(state, record)),
          ...(next ? { NextToken: next } : {}),
        };
      },
    ),
    DeleteParameter: operation(['Name'], ({ Name = '' }) => {
      if (!parameters.has(nameOf(Name))) throw parameterNotFound();
      parameters.delete(nameOf(Name));
      return {};
    }),
    DeleteParameters: operation(['Names'], ({ Names = [] }) => {
      const there = Names.filter((name) => parameters.has(nameOf(name)));
      for (const name of there) parameters.delete(nameOf(name));
      return {
        DeletedParameters: there,
        InvalidParameters: Names.filter((name) => !there.includes(name)),
      };
    }),
  };
}

/** `…:parameter/shop/key` stands for `/shop/key`, or for `key` where there is no other slash. */
function nameOf(reference: string): string {
  const [, path] = /^arn:[^:]+:ssm:[^:]*:[^:]*:parameter\/(.+)$/.exec(reference) ?? [];
  if (path === undefined) return reference;
  return path.includes('/') ? `/${path}` : path;
}

function view(
  state: SsmState,
  { name, dataType }: ParameterRecord,
  { version, type, value, changedAt }: ParameterVersion,
  decrypted = false,
): Parameter {
  return {
    Name: name,
    Type: type,
    // Nothing is encrypted in the region's store, which its owner alone can read; without leave to decrypt nobody is told.
    Value:
      type === 'SecureString' && !decrypted
        ? Buffer.from(`encrypted ${name}:${version}`).toString('base64')
        : value,
    Version: version,
    LastModifiedDate: changedAt,
    ARN: state.arnOf(name),
    DataType: dataType,
  };
}

function metadata(state: SsmState, record: ParameterRecord): ParameterMetadata {
  const { type, version, changedAt } = latest(record);
  return {
    Name: record.name,
    ARN: state.arnOf(record.name),
    Type: type,
    Version: version,
    LastModifiedDate: changedAt,
    Description: record.description,
    AllowedPattern: record.allowedPattern,
    Tier: record.tier,
    DataType: record.dataType,
    ...(type === 'SecureString' ? { KeyId: 'alias/aws/ssm' } : {}),
  };
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html */
function fits(
  record: ParameterRecord,
  { Key, Option = 'Equals', Values = [] }: ParameterStringFilter,
): boolean {
  if (Key === 'Name' && Option === 'Equals') return Values.includes(record.name);
  if (Key === 'Name' && Option === 'BeginsWith') return Values.some((value) => record.name.startsWith(value));
  if (Key === 'Type' && Option === 'Equals') return Values.includes(latest(record).type);
  throw new ApiError(
    'InvalidFilterKey',
    `The filter ${Key} with ${Option} is not enacted in the local region`,
    400,
  );
}
