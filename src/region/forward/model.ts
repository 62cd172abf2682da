/** A port of a service that is reachable from the host in local runs, and from nowhere else. */
export interface ForwardRequest {
  /** As the compose file calls it. */
  readonly service: string;
  readonly containerPort: number;
  /** The port of 127.0.0.1 that is wanted; a free one stands in where it is taken. */
  readonly hostPort: number;
  readonly protocol: 'tcp' | 'udp';
}
export interface Forward extends ForwardRequest {
  /** The port that leads there; `hostPort` where that was free. */
  readonly listeningPort: number;
}
