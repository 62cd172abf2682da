import { NormalizedSchema } from '@smithy/core/schema';

type Traits = ReturnType<NormalizedSchema['getMergedTraits']>;

/** A type of an AWS service's model, read from the schema that its SDK package carries. */
export type Shape = Structure | List | Dictionary | Scalar;

interface Common {
  /** The model's own name: `CreateVpcRequest`. */
  readonly name: string;
  /** Of the type and of the place where it is used; the place wins. */
  readonly traits: Traits;
  /** Of the place alone. */
  readonly memberTraits: Traits;
}
export interface Structure extends Common {
  readonly kind: 'structure';
  /** Exactly one member is set. */
  readonly union: boolean;
  readonly members: readonly Member[];
  readonly byName: ReadonlyMap<string, Member>;
}
export interface Member {
  readonly name: string;
  readonly shape: Shape;
  readonly required: boolean;
}
export interface List extends Common {
  readonly kind: 'list';
  readonly item: Shape;
}
export interface Dictionary extends Common {
  readonly kind: 'map';
  readonly key: Shape;
  readonly value: Shape;
}
export interface Scalar extends Common {
  readonly kind: 'string' | 'boolean' | 'number' | 'bigint' | 'timestamp' | 'blob' | 'document' | 'unit';
  /** Only where the model states one; else the protocol decides. */
  readonly timestampFormat: TimestampFormat | undefined;
}
export type TimestampFormat = 'date-time' | 'http-date' | 'epoch-seconds';

/** The sentinels that SDK schemas use: see `sentinels.d.ts` of @smithy/types. */
const TIMESTAMP_FORMATS: ReadonlyMap<unknown, TimestampFormat> = new Map([
  [5, 'date-time'],
  [6, 'http-date'],
  [7, 'epoch-seconds'],
]);

interface Structural {
  readonly members: readonly Member[];
  readonly byName: ReadonlyMap<string, Member>;
}
const structures = new WeakMap<object, Structural>();

/** Types refer to each other in circles, so what is inside one is read when it is first asked for. */
export function shapeOf(schema: NormalizedSchema): Shape {
  const common = {
    name: schema.getName() ?? '',
    traits: schema.getMergedTraits(),
    memberTraits: schema.isMemberSchema() ? schema.getMemberTraits() : {},
  };
  if (schema.isStructSchema())
    return {
      ...common,
      kind: 'structure',
      union: schema.isUnionSchema(),
      get members() {
        return structural(schema).members;
      },
      get byName() {
        return structural(schema).byName;
      },
    };
  if (schema.isListSchema()) {
    let item: Shape | undefined;
    return {
      ...common,
      kind: 'list',
      get item() {
        return (item ??= shapeOf(schema.getValueSchema()));
      },
    };
  }
  if (schema.isMapSchema()) {
    let key: Shape | undefined;
    let value: Shape | undefined;
    return {
      ...common,
      kind: 'map',
      get key() {
        return (key ??= shapeOf(schema.getKeySchema()));
      },
      get value() {
        return (value ??= shapeOf(schema.getValueSchema()));
      },
    };
  }
  return { ...common, kind: scalarKind(schema), timestampFormat: TIMESTAMP_FORMATS.get(schema.getSchema()) };
}

function scalarKind(schema: NormalizedSchema): Scalar['kind'] {
  if (schema.isUnitSchema()) return 'unit';
  if (schema.isBooleanSchema()) return 'boolean';
  if (schema.isNumericSchema()) return 'number';
  if (schema.isBigIntegerSchema()) return 'bigint';
  if (schema.isTimestampSchema()) return 'timestamp';
  if (schema.isBlobSchema()) return 'blob';
  if (schema.isStringSchema()) return 'string';
  return 'document';
}

function structural(schema: NormalizedSchema): Structural {
  const raw = schema.getSchema();
  const key: object = typeof raw === 'object' ? raw : schema;
  const known = structures.get(key);
  if (known) return known;
  // A structure's schema lists its required members first and says how many they are.
  const requiredCount = Array.isArray(raw) && typeof raw[6] === 'number' ? raw[6] : 0;
  const members = [...schema.structIterator()].map(([name, member], index) => ({
    name,
    shape: shapeOf(member),
    required: index < requiredCount,
  }));
  const made = { members, byName: new Map(members.map((member) => [member.name, member])) };
  structures.set(key, made);
  return made;
}
