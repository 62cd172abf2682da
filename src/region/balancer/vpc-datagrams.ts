import { createSocket, type Socket } from 'node:dgram';

export interface Place {
  readonly listenerArn: string;
  readonly port: number;
  readonly address: string;
}
export interface VpcDatagrams {
  /** Listens at exactly these places; resolves with what could not be done. */
  apply(places: readonly Place[]): Promise<{ readonly listenerArn: string; readonly message: string }[]>;
}

/** The UDP sockets inside the VPC. What reaches them has passed the packet filter. */
export function createVpcDatagrams(onSocket: (place: Place, socket: Socket) => void): VpcDatagrams {
  const sockets = new Map<string, Socket>();
  return {
    async apply(places) {
      const wanted = new Map<string, Place>(
        places.map((place) => [`${place.listenerArn} ${place.address} ${place.port}`, place]),
      );
      for (const [key, socket] of sockets) {
        if (wanted.has(key)) continue;
        sockets.delete(key);
        await new Promise<void>((resolve) => socket.close(resolve));
      }
      const failures: { listenerArn: string; message: string }[] = [];
      for (const [key, place] of wanted) {
        if (sockets.has(key)) continue;
        const socket = createSocket('udp4');
        const failure = await bind(socket, place);
        if (failure === undefined) {
          sockets.set(key, socket);
          onSocket(place, socket);
        } else failures.push({ listenerArn: place.listenerArn, message: failure });
      }
      return failures;
    },
  };
}

function bind(socket: Socket, { port, address }: Place): Promise<string | undefined> {
  return new Promise((resolve) => {
    socket.once('error', (error) => resolve(error.message));
    socket.bind(port, address, () => resolve(undefined));
  });
}
