import extracted from './resource-types.json' with { type: 'json' };

export interface PropertySchema {
  /** `string`, `integer`, `number`, `boolean`, `json`, `tag`, `[element]`, `{element}`, `#Definition` or alternatives `a|b`. */
  readonly type: string;
  readonly required: boolean;
  readonly replacement: 'Never' | 'Conditionally' | 'Always';
  /** Of a scalar, or of each element of a list: the values that it takes, where there are only some. */
  readonly values?: readonly (string | number)[];
}
export type Properties = ReadonlyMap<string, PropertySchema>;

export interface ResourceSchema {
  readonly properties: Properties;
  /** Attribute of `Fn::GetAtt` → type. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The attributes or properties that make up what `Ref` gives. */
  readonly identifier: readonly string[];
  /** The property that holds tags. */
  readonly tags: string | undefined;
}

/** Each type is one text; scripts/schema.mjs tells how it is written. */
interface Extract {
  readonly types: Readonly<Record<string, string>>;
  readonly values: readonly (readonly (string | number)[])[];
}
const extract: Extract = extracted;

interface Known extends ResourceSchema {
  readonly definitions: ReadonlyMap<string, string>;
}
const schemas = new Map<string, Known>();
const definitions = new Map<string, Properties>();

/** What AWS publishes about a resource type; undefined for a type that Fairway does not know. */
export function resourceSchema(type: string): ResourceSchema | undefined {
  return schemaOf(type);
}

function schemaOf(type: string): Known | undefined {
  const known = schemas.get(type);
  if (known || !Object.hasOwn(extract.types, type)) return known;
  const [own = '', attributes = '', identifier = '', tags = '', ...nested] = extract.types[type]!.split('\n');
  const schema: Known = {
    properties: properties(own),
    attributes: Object.fromEntries(
      items(attributes).map((item) => {
        const [name = '', attributeType = ''] = item.split(' ');
        return [name, plainType(attributeType)];
      }),
    ),
    identifier: identifier === '' ? [] : identifier.split(' '),
    tags: tags === '' ? undefined : tags,
    definitions: new Map(
      nested.map((line) => {
        const end = line.indexOf(';');
        return [line.slice(0, end), line.slice(end + 1)];
      }),
    ),
  };
  schemas.set(type, schema);
  return schema;
}

/** The members of a nested property type: `#LoadBalancer` of `AWS::ECS::Service`. */
export function definition(type: string, name: string): Properties {
  const key = `${type}.${name}`;
  const known = definitions.get(key) ?? properties(schemaOf(type)?.definitions.get(name) ?? '');
  definitions.set(key, known);
  return known;
}

const replacements = { replaces: 'Always', 'may-replace': 'Conditionally' } as const;
const items = (text: string): string[] => (text === '' ? [] : text.split(';'));
const plainType = (type: string): string => type.replace(/@\d+/g, '');

function properties(text: string): Properties {
  return new Map(
    items(text).map((item) => {
      const [name = '', type = 'json', ...words] = item.split(' ');
      const replacement = words.find((word) => word in replacements) as keyof typeof replacements | undefined;
      const values = type.includes('|') ? undefined : /@(\d+)/.exec(type)?.[1];
      return [
        name,
        {
          type: plainType(type),
          required: words.includes('required'),
          replacement: replacement ? replacements[replacement] : 'Never',
          ...(values === undefined ? {} : { values: extract.values[Number(values)]! }),
        },
      ];
    }),
  );
}
