import type * as sdk from '@aws-sdk/client-cloudformation';
import { enacting } from '../../gateway/enacting.ts';
import type { Handlers } from '../../gateway/types.ts';
import type { Region } from '../../region.ts';
import type { Engine } from './engine/engine.ts';
import { validationError } from './errors.ts';
import type { Inside } from './inside.ts';
import type { Journal } from './events.ts';
import type { Programs } from './program.ts';
import type { State } from './state.ts';
import type { AnyResourceType } from './types/resource-type.ts';

export type Sdk = typeof sdk;
export type CfnHandlers = Handlers<Sdk>;

/** What the operations of CloudFormation work with. */
export interface Cfn {
  readonly region: Region;
  readonly state: State;
  readonly journal: Journal;
  readonly programs: Programs;
  readonly types: ReadonlyMap<string, AnyResourceType>;
  readonly engine: Engine;
  readonly inside: Inside;
}

/** A handler with the members of its input that it enacts; any other that asks for something is refused. */
export const operation = enacting((member, value) =>
  validationError(`Parameter ${member} (${JSON.stringify(value)}) is not enacted by this region`),
);
