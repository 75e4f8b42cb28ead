import { once } from 'node:events';
import { connect as netConnect, type Socket } from 'node:net';
import { createSecureContext, type SecureContext, connect as tlsConnect } from 'node:tls';

export interface IdleConnectionsOptions {
  readonly host: string;
  readonly port: number;
  /** PEM of the server's CA: over TLS. */
  readonly ca?: string;
  readonly username: string;
  readonly password: string;
  readonly count: number;
  /** Queue that every connection consumes; none when undefined. */
  readonly queue?: string;
  /** Seconds, as in `tune-ok`. */
  readonly heartbeat: number;
}

export interface IdleConnections {
  /** Connections that the server has closed since they were opened: 0 when heartbeats hold. */
  readonly lost: () => number;
  /** Heartbeats received from the server. */
  readonly heartbeats: () => number;
  readonly close: () => Promise<void>;
}

/** At once in the handshake. */
const WIDTH = 50;
const HEARTBEAT = Buffer.of(8, 0, 0, 0, 0, 0, 0, 0xce);

/**
 * Opens AMQP connections that log in, open a channel, consume and then only send heartbeats: as light as a client can be,
 * so that thousands fit in one process beside the measured server. Measure the memory of the server's process meanwhile.
 */
export async function openIdleConnections(options: IdleConnectionsOptions): Promise<IdleConnections> {
  const sockets: Socket[] = [];
  let lost = 0;
  let heartbeats = 0;
  let closing = false;
  let next = 0;

  // Once for all: reading the certificate takes longer than a handshake.
  const secureContext = options.ca ? createSecureContext({ ca: options.ca }) : undefined;

  async function openSome(): Promise<void> {
    while (next < options.count) {
      next += 1;
      const socket = await openOne(options, secureContext, () => {
        heartbeats += 1;
      });
      socket.on('close', () => {
        if (!closing) lost += 1;
      });
      sockets.push(socket);
    }
  }
  // From the start: the first ones idle while the last are opened.
  const beat = setInterval(
    () => {
      for (const socket of sockets) socket.write(HEARTBEAT);
    },
    (options.heartbeat * 1000) / 2,
  );
  await Promise.all(Array.from({ length: Math.min(WIDTH, options.count) }, openSome));
  return {
    lost: () => lost,
    heartbeats: () => heartbeats,
    close: async () => {
      closing = true;
      clearInterval(beat);
      await Promise.all(
        sockets.map((socket) => {
          const closed = once(socket, 'close');
          socket.destroy();
          return socket.closed ? undefined : closed;
        }),
      );
    },
  };
}

/** Steps of the handshake in answer to the method that came (AMQP 0-9-1 §2.2.4), by class and method. */
async function openOne(
  options: IdleConnectionsOptions,
  secureContext: SecureContext | undefined,
  onHeartbeat: () => void,
): Promise<Socket> {
  const { host, port, queue } = options;
  const socket = secureContext ? tlsConnect({ host, port, secureContext }) : netConnect({ host, port });
  const ready = Promise.withResolvers<Socket>();
  const last = queue === undefined ? '20.11' : '60.21';
  const steps: Record<string, () => Buffer[]> = {
    '10.10': () => [startOk(options)],
    '10.30': () => [
      tuneOk(options.heartbeat),
      method(0, 10, 40, short('/'), Buffer.of(0, 0)),
      method(1, 20, 10, Buffer.of(0)),
    ],
    '20.11': () =>
      queue === undefined
        ? []
        : [method(1, 60, 20, Buffer.of(0, 0), short(queue), Buffer.of(0, 0, 0, 0, 0, 0))],
  };
  let buffered: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    buffered = buffered.length > 0 ? Buffer.concat([buffered, chunk]) : chunk;
    while (buffered.length >= 8) {
      const size = buffered.readUInt32BE(3);
      if (buffered.length < size + 8) break;
      if (buffered[0] === 8) onHeartbeat();
      else {
        const id = `${buffered.readUInt16BE(7)}.${buffered.readUInt16BE(9)}`;
        for (const answer of steps[id]?.() ?? []) socket.write(answer);
        if (id === last) ready.resolve(socket);
        if (id === '10.50' || id === '20.40')
          ready.reject(new Error(`refused: ${buffered.toString('latin1', 14)}`));
      }
      buffered = buffered.subarray(size + 8);
    }
    // Kept as a view it would hold the whole chunk for as long as the connection idles.
    if (buffered.length === 0) buffered = Buffer.alloc(0);
  });
  socket.on('error', ready.reject);
  socket.on('close', () => ready.reject(new Error('closed by the server')));
  await once(socket, secureContext ? 'secureConnect' : 'connect');
  socket.write('AMQP\u0000\u0000\u0009\u0001');
  return ready.promise;
}

function startOk(options: IdleConnectionsOptions): Buffer {
  const response = Buffer.from(`\u0000${options.username}\u0000${options.password}`);
  return method(0, 10, 11, long(0), short('PLAIN'), long(response.length), response, short('en_US'));
}

function tuneOk(heartbeat: number): Buffer {
  const args = Buffer.alloc(8);
  args.writeUInt16BE(2047, 0);
  args.writeUInt32BE(131_072, 2);
  args.writeUInt16BE(heartbeat, 6);
  return method(0, 10, 31, args);
}

function method(channel: number, classId: number, methodId: number, ...args: Buffer[]): Buffer {
  const payload = Buffer.concat([Buffer.of(0, classId, 0, methodId), ...args]);
  return Buffer.concat([Buffer.of(1, 0, channel), long(payload.length), payload, Buffer.of(0xce)]);
}

function short(text: string): Buffer {
  return Buffer.concat([Buffer.of(Buffer.byteLength(text)), Buffer.from(text)]);
}

function long(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
