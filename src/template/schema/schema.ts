import extracted from './resource-types.json' with { type: 'json' };

export interface PropertySchema {
  /** `string`, `integer`, `number`, `boolean`, `json`, `tag`, `[element]`, `{element}`, `#Definition` or alternatives `a|b`. */
  readonly type: string;
  readonly required: boolean;
  readonly replacement: 'Never' | 'Conditionally' | 'Always';
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

interface Extract {
  readonly types: Readonly<
    Record<
      string,
      {
        readonly properties: Readonly<Record<string, string>>;
        readonly attributes: Readonly<Record<string, string>>;
        readonly identifier: readonly string[];
        readonly tags?: string;
      }
    >
  >;
  readonly definitions: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
const extract: Extract = extracted;

const schemas = new Map<string, ResourceSchema>();
const definitions = new Map<string, Properties>();

/** What AWS publishes about a resource type; undefined for a type that Fairway does not know. */
export function resourceSchema(type: string): ResourceSchema | undefined {
  const known = schemas.get(type);
  if (known || !Object.hasOwn(extract.types, type)) return known;
  const raw = extract.types[type]!;
  const schema: ResourceSchema = {
    properties: properties(raw.properties),
    attributes: raw.attributes,
    identifier: raw.identifier,
    tags: raw.tags,
  };
  schemas.set(type, schema);
  return schema;
}

/** The members of a nested property type: `#LoadBalancer` of `AWS::ECS::Service`. */
export function definition(type: string, name: string): Properties {
  const key = `${type}.${name}`;
  const known = definitions.get(key) ?? properties(extract.definitions[key] ?? {});
  definitions.set(key, known);
  return known;
}

const replacements = { replaces: 'Always', 'may-replace': 'Conditionally' } as const;

function properties(raw: Readonly<Record<string, string>>): Properties {
  return new Map(
    Object.entries(raw).map(([name, text]) => {
      const [type = 'json', ...words] = text.split(' ');
      const replacement = words.find((word) => word in replacements) as keyof typeof replacements | undefined;
      return [
        name,
        {
          type,
          required: words.includes('required'),
          replacement: replacement ? replacements[replacement] : 'Never',
        },
      ];
    }),
  );
}
