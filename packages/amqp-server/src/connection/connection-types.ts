import type { Socket } from 'node:net';
import type { ChannelSet } from '../channel/channel-set.ts';
import type { AmqpLimits } from '../limits.ts';
import type { AmqpLog, Broker, BrokerSession } from '../ports.ts';
import type { QueueClaims } from '../queue-claims.ts';
import type { ClientInfo } from './handshake.ts';
import type { ConnectionLink } from './link.ts';

export interface ConnectionOptions {
  readonly socket: Socket;
  readonly address: string;
  readonly tls: boolean;
  readonly broker: Broker;
  readonly log: AmqpLog;
  readonly limits: AmqpLimits;
  readonly claims: QueueClaims;
  readonly exchanges: ReadonlySet<string>;
  readonly product: string;
  readonly version: string;
  readonly connectedAt: Date;
  /** Asked once, when the client has logged in; false when that user has its share of connections. */
  readonly admit: (user: string) => boolean;
  /** Monotonic milliseconds as of the last tick. */
  readonly clock: () => number;
}

/** A connection as status pages show it. */
export interface ConnectionStatus {
  readonly name: string;
  readonly product: string;
  readonly version: string;
  readonly address: string;
  readonly tls: boolean;
  readonly connectedAt: Date;
  /** Undefined until login. */
  readonly user: string | undefined;
  readonly channels: number;
  readonly unacked: number;
  readonly consumers: readonly { readonly queue: string; readonly tag: string; readonly unacked: number }[];
}

export interface Connection {
  readonly status: () => ConnectionStatus;
  /** Called by the server's one timer, with the milliseconds since its last call that were no connection's fault. */
  readonly tick: (excusedMs: number) => void;
  /** Closes channels whose client has not answered for too long; looked at more seldom than the heartbeats. */
  readonly checkAckTimeout: () => void;
  /** The server stops: closes with 320; resolves when the socket is closed and what the client had is settled. */
  readonly stop: (text: string) => Promise<void>;
  /** Ends the socket at once. */
  readonly destroy: () => void;
  readonly closed: Promise<void>;
}

/** What has become known of a connection so far. */
export interface Known {
  client?: ClientInfo;
  session?: BrokerSession;
  link?: ConnectionLink;
  channels?: ChannelSet;
}

/** A connection as it is now, whatever it has come to. */
export function statusOf(options: ConnectionOptions, known: Known): ConnectionStatus {
  const { client, session, link, channels } = known;
  const consumers = [...(channels?.all() ?? [])].flatMap((channel) =>
    [...channel.consumers.values()].map(({ queue, tag, outstanding }) => ({
      queue,
      tag,
      unacked: outstanding,
    })),
  );
  return {
    name: client?.name ?? '',
    product: client?.product ?? '',
    version: client?.version ?? '',
    address: options.address,
    tls: options.tls,
    connectedAt: options.connectedAt,
    user: session?.user,
    channels: channels?.size() ?? 0,
    unacked: link?.unacked ?? 0,
    consumers,
  };
}
