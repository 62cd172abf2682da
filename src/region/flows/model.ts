/** Who holds an address of a VPC. */
export interface Holder {
  readonly name: string;
  readonly kind: 'service' | 'load-balancer' | 'other';
}

export interface FlowEnd {
  readonly address: string;
  /** Service or load balancer that held the address when the flow began. */
  readonly name?: string;
}

/**
 * `service`: between two services. `load-balancer`: from one, its health checks included. `to-load-balancer`: to one from inside.
 * `resolver`: to the VPC's name server. `outside`: out of the VPC. `other`: from or to what is none of these.
 */
export type FlowKind = 'service' | 'load-balancer' | 'to-load-balancer' | 'resolver' | 'outside' | 'other';

/** Connections of one kind that were really made and let pass. */
export interface SeenFlow {
  readonly kind: FlowKind;
  readonly vpcId: string;
  readonly from: FlowEnd;
  readonly to: FlowEnd;
  readonly protocol: string;
  readonly port: number;
  /** How often it began; a packet that had to be repeated counts again. */
  readonly count: number;
  /** Milliseconds since the epoch, to about a second. */
  readonly lastSeen: number;
}
