import { parseAddress } from '../../../topology/cidr.ts';

/** https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt (2.2, the binary header) */
const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');

/** Of connections that the load balancer makes for itself: no addresses follow. */
export const localHeader: Buffer = Buffer.concat([signature, Buffer.from([0x20, 0x00, 0x00, 0x00])]);

interface End {
  readonly address: string;
  readonly port: number;
}

/** What a target is told of the client: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html (proxy protocol) */
export function proxyHeader(client: End, listener: End): Buffer {
  const header = Buffer.alloc(16 + 12);
  signature.copy(header);
  header.writeUInt8(0x21, 12);
  header.writeUInt8(0x11, 13);
  header.writeUInt16BE(12, 14);
  header.writeUInt32BE(parseAddress(client.address) ?? 0, 16);
  header.writeUInt32BE(parseAddress(listener.address) ?? 0, 20);
  header.writeUInt16BE(client.port, 24);
  header.writeUInt16BE(listener.port, 26);
  return header;
}
