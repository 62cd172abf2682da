import { NormalizedSchema } from '@smithy/core/schema';
import type { ServiceDescription } from './services.ts';
import { type Shape, type Structure, shapeOf } from './shape.ts';

type SchemaRef = Parameters<typeof NormalizedSchema.of>[0];

/** One operation as the service's model states it. */
export interface Operation {
  readonly name: string;
  readonly input: Shape;
  readonly output: Shape;
  /** Present in REST protocols. */
  readonly http: { readonly method: string; readonly uri: string; readonly status: number } | undefined;
}

/** The error of a service's model that a wire code stands for. */
export interface ErrorModel {
  readonly shape: Structure;
  readonly code: string;
  /** The one of the query protocol, where the service spoke it once and its clients may still look for it. */
  readonly queryCode: string | undefined;
  readonly status: number | undefined;
}

export interface ServiceModel {
  readonly description: ServiceDescription;
  /** In the model's order, read one by one when asked for: EC2 has more than 800. */
  readonly operationNames: readonly string[];
  operation(name: string): Operation | undefined;
  /** By wire code or by shape name. */
  error(code: string): ErrorModel | undefined;
}

/** `[9, namespace, name, traits, input, output]`: an operation; `[-3, …]`: an error. */
type StaticSchema = readonly [
  kind: number,
  namespace: string,
  name: string,
  traits: unknown,
  ...rest: unknown[],
];
const OPERATION = 9;
const ERROR = -3;

const models = new Map<string, Promise<ServiceModel>>();

/** The model of a service; its SDK package is loaded the first time. */
export function loadModel(description: ServiceDescription): Promise<ServiceModel> {
  let model = models.get(description.name);
  if (!model) {
    model = description.load().then((sdk) => readModel(description, sdk));
    models.set(description.name, model);
  }
  return model;
}

function readModel(description: ServiceDescription, sdk: object): ServiceModel {
  const schemas = Object.entries(sdk).filter(
    (entry): entry is [string, StaticSchema] => entry[0].endsWith('$') && Array.isArray(entry[1]),
  );
  const named = new Map(
    schemas.filter(([, schema]) => schema[0] === OPERATION).map(([, schema]) => [schema[2], schema]),
  );
  const operations = new Map<string, Operation>();
  const errors = readErrors(
    description,
    schemas.filter(([, schema]) => schema[0] === ERROR).map(([, schema]) => schema),
  );
  return {
    description,
    operationNames: [...named.keys()],
    operation(name) {
      const known = operations.get(name);
      const schema = named.get(name);
      if (known || !schema) return known;
      const made = readOperation(schema);
      operations.set(name, made);
      return made;
    },
    error: (code) => errors.get(code),
  };
}

function readOperation(schema: StaticSchema): Operation {
  const [, , name, traits, input, output] = schema;
  const http = typeof traits === 'object' && traits && 'http' in traits ? traits.http : undefined;
  const [method, uri, status] = (http ?? []) as [string?, string?, number?];
  return {
    name,
    input: shapeOf(NormalizedSchema.of(input as SchemaRef)),
    output: shapeOf(NormalizedSchema.of(output as SchemaRef)),
    http: method && uri && status ? { method, uri, status } : undefined,
  };
}

/** `awsQueryError` counts in the query protocol only: clients of JSON services match on the shape's name. */
function readErrors(
  { protocol, also }: ServiceDescription,
  schemas: readonly StaticSchema[],
): ReadonlyMap<string, ErrorModel> {
  const errors = new Map<string, ErrorModel>();
  for (const schema of schemas) {
    const shape = shapeOf(NormalizedSchema.of(schema as unknown as SchemaRef));
    if (shape.kind !== 'structure') continue;
    const { awsQueryError, httpError } = shape.traits as {
      readonly awsQueryError?: readonly [string, number];
      readonly httpError?: number;
    };
    const [code, status] = (protocol === 'query' && awsQueryError) || [schema[2], httpError];
    const queryCode = also.includes('query') ? awsQueryError?.[0] : undefined;
    const model = { shape, code, queryCode, status };
    errors.set(schema[2], model);
    errors.set(code, model);
  }
  return errors;
}
