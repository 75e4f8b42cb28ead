/** Bounds of the server: every one of them is reached by a misbehaving client, never by a published one. */
export interface AmqpLimits {
  /** Connections at once, all listeners together. */
  readonly maxConnections: number;
  /** Connections at once from one network address. High: many systems may share one. */
  readonly maxConnectionsPerAddress: number;
  /** Connections at once of one user: others behind the same address keep their places. */
  readonly maxConnectionsPerUser: number;
  /** From accept to `connection.open`, TLS included (fiks-io §3.1: clients give up after 10 s themselves). */
  readonly handshakeMs: number;
  /** Largest method frame before `tune`: client properties and a password with a token in it (§3.1: 2–4 kB). */
  readonly maxHandshakeFrame: number;
  /** Offered in `tune`. */
  readonly channelMax: number;
  /** Offered in `tune`; payload of a frame with its 8 octets of frame. At least 4096. */
  readonly frameMax: number;
  /** Offered in `tune`, in seconds; what the client answers counts. */
  readonly heartbeatSeconds: number;
  readonly maxConsumersPerChannel: number;
  /** Deliveries of one channel that have not been answered: what `prefetch-count` 0 means here. */
  readonly maxUnackedPerChannel: number;
  readonly maxUnackedPerConnection: number;
  /** Deliveries to a `no-ack` consumer that wait for the socket. */
  readonly noAckWindow: number;
  /** Methods of one channel that wait for an earlier one; the socket is not read beyond it. */
  readonly maxWaitingMethods: number;
  /** Octets that wait to be sent before the socket is not read either: replies nobody reads. */
  readonly maxUnsentBytes: number;
  /** A delivery that is not answered for this long closes its channel (406), as RabbitMQ does. */
  readonly ackTimeoutMs: number;
  /** A socket that takes nothing for this long is given up. */
  readonly stallMs: number;
  /** How long the peer may take to answer `connection.close`. */
  readonly closeMs: number;
}

export const DEFAULT_LIMITS: AmqpLimits = {
  maxConnections: 5000,
  maxConnectionsPerAddress: 2500,
  maxConnectionsPerUser: 500,
  handshakeMs: 10_000,
  maxHandshakeFrame: 65_536,
  channelMax: 2047,
  frameMax: 131_072,
  heartbeatSeconds: 60,
  maxConsumersPerChannel: 256,
  maxUnackedPerChannel: 5000,
  maxUnackedPerConnection: 10_000,
  noAckWindow: 256,
  maxWaitingMethods: 64,
  maxUnsentBytes: 1024 * 1024,
  ackTimeoutMs: 30 * 60_000,
  stallMs: 10 * 60_000,
  closeMs: 5000,
};

/** Smallest frame-max (AMQP 0-9-1 §4.2.3: frame-min-size). */
export const FRAME_MIN_SIZE = 4096;

/** Limits of a field table (AMQP 0-9-1 §4.2.5.5), within the frame it came in. */
export const TABLE_LIMITS = { depth: 8, entries: 1024 } as const;
