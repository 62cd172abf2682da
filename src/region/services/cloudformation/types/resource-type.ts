import type { Region } from '../../../region.ts';
import type { Inside } from '../inside.ts';
import type { Tag } from '../records.ts';

/** A resource as its type sees it. */
export interface Context<P> {
  readonly region: Region;
  readonly stackId: string;
  readonly stackName: string;
  readonly logicalId: string;
  readonly properties: P;
  /** The property named by `naming`, else a name made as CloudFormation makes them; the same after a restart. */
  readonly name: string;
  /** For the service's client token; the same after a restart. */
  readonly token: string;
  /** Those of the stack, of the resource, and `aws:cloudformation:stack-name`, `-id` and `logical-id`. */
  readonly tags: readonly Tag[];
  /** Physical ids of other generations of this logical id: not what `find` looks for. */
  readonly others: readonly string[];
  /** When it was decided to make it: what is older is not what `find` looks for. */
  readonly begunAt: Date;
  /** Of this physical resource; stays what it is. */
  readonly key: string;
  /** What CloudFormation's own types need of it. */
  readonly inside: Inside;
  /** Ends waiting when the operation has failed elsewhere or the region stops. */
  readonly signal: AbortSignal;
  /** Looks again after each write to tables of these names (and now and then), until `check` gives something. */
  wait<T>(tables: readonly string[], check: () => Promise<T | undefined>): Promise<T>;
}

export interface Existing<P> extends Context<P> {
  readonly physicalId: string;
  /** What it was last brought to; undefined while it is new. */
  readonly before: P | undefined;
  /** What unfinished updates were aiming at since: any of it may be in force. */
  readonly tried: readonly P[];
  readonly tagsBefore: readonly Tag[];
  readonly tagsTried: readonly (readonly Tag[])[];
}

/**
 * How one CloudFormation type maps to the operations of its service. Every function may be called again after a crash, at any
 * point, with the same arguments.
 */
export interface ResourceType<P> {
  readonly type: string;
  /** The properties that are enacted; a template with others is refused before anything is made. */
  readonly properties: readonly (keyof P & string)[];
  /** The property that holds the resource's own name, for types that CloudFormation names. */
  readonly naming?: {
    readonly property: keyof P & string;
    readonly limit: number;
    readonly lowerCase?: boolean;
  };
  /**
   * Properties of which AWS says replacement, though what is behind can exist only once (a subnet has one route table): they
   * are moved by `sync`, which gives the new physical id.
   */
  readonly moves?: readonly (keyof P & string)[];
  /** Each update of its stack looks at it, whether its properties change or not. */
  readonly always?: boolean;
  /** Makes it by ONE call that can fail only by making nothing; gives the physical id, which is what `Ref` gives. */
  create(context: Context<P>): Promise<string>;
  /** What an interrupted `create` has made; undefined where it has made nothing. */
  find(context: Context<P>): Promise<string | undefined>;
  /** Brings what exists to the properties: after creation, and as the update. Gives the physical id where that changes. */
  sync?(existing: Existing<P>): Promise<string | void>;
  /** Resolves once it is in service, rejects with the reason why it will not be. */
  settle?(existing: Existing<P>): Promise<void>;
  /** What `Fn::GetAtt` gives beyond the identifier. */
  read?(existing: Existing<P>): Promise<Readonly<Record<string, unknown>>>;
  /** Resolves once it is gone; that it has been gone is fine. */
  delete(existing: Existing<P>): Promise<void>;
}

export type AnyResourceType = ResourceType<Record<string, unknown>>;

/** The engine hands each type properties that have been brought into the form of its schema: here the types meet. */
export function resourceType<P>(definition: ResourceType<P>): AnyResourceType {
  return definition as unknown as AnyResourceType;
}
