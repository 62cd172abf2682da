/**
 * What is to be seen of a deployment, before anything has a place: made from a system and what was proven of it, laid out by layout/,
 * written by render/. Ids are those of resources; what spans subnets has one copy in each.
 */
export interface Picture {
  readonly title: string;
  /** Absent where it is given at deployment. */
  readonly region: string | undefined;
  readonly vpcs: readonly VpcPicture[];
  /** Services of the region that stand outside of every VPC. */
  readonly regional: readonly Item[];
  /** Something comes from the internet, or goes there. */
  readonly internet: boolean;
  readonly flows: readonly Flow[];
  /** What could not be drawn, or was left out on purpose. */
  readonly remarks: readonly string[];
}

export interface VpcPicture {
  readonly id: string;
  readonly label: string;
  readonly gateway: Item | undefined;
  /** Columns. */
  readonly zones: readonly { readonly id: string; readonly label: string }[];
  /** Rows. */
  readonly tiers: readonly Tier[];
}

export interface Tier {
  /** By the index of the zone. */
  readonly subnets: readonly (SubnetPicture | undefined)[];
  /** The order in which things stand in each of its subnets. */
  readonly blocks: readonly Block[];
}

/** Things side by side and below each other, by the ids of what they are copies of. */
export interface Block {
  /** Instances that they run on. */
  readonly fleet: Fleet | undefined;
  readonly rows: readonly (readonly Cell[])[];
}
/** What may stand in one place, in each subnet one of it: a NAT gateway of each zone. */
export type Cell = readonly string[];
export interface Fleet {
  readonly id: string;
  readonly label: string;
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html#subnet-types */
export type Access = 'public' | 'private' | 'isolated' | 'unknown';

export interface SubnetPicture {
  readonly id: string;
  readonly label: string;
  /** Its addresses. */
  readonly aside: string;
  readonly access: Access;
  readonly items: readonly Item[];
}

export type Kind =
  | 'service'
  | 'instance'
  | 'load-balancer'
  | 'database'
  | 'cache'
  | 'files'
  | 'internet'
  | 'internet-gateway'
  | 'nat-gateway'
  | 'endpoint'
  | 'registry'
  | 'logs'
  | 'secret'
  | 'bucket'
  | 'queue'
  | 'names'
  | 'subnet'
  | 'other';

export interface Item {
  /** Its own: `Api@PublicSubnet1`. */
  readonly id: string;
  /** What it is a copy of. */
  readonly of: string;
  readonly kind: Kind;
  readonly name: string;
  readonly detail: string;
  /** How many there are of it, over all of its copies; `2–8` where that follows the load. */
  readonly count: number | string | undefined;
}

/** Proven to be open and meant; meant and closed; meant, and it cannot be told; open, though nobody says that it is meant; a gateway's own way. */
export type Verdict = 'proven' | 'blocked' | 'unclear' | 'open' | 'outward';

export interface Flow {
  /** Ids of copies. */
  readonly from: string;
  readonly to: string;
  readonly ports: readonly number[];
  readonly verdict: Verdict;
  /** Of one that is closed: the id of the check, and what closes it. */
  readonly check?: string;
  readonly why?: string;
}

export const INTERNET = 'internet';
