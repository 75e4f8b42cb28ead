import type { GivenBack } from '../channel/channel-state.ts';
import type { IncomingMethod } from '../codec/method-codec.ts';
import type { AmqpFault, MethodIds } from '../faults.ts';
import type { ConnectionOptions, Known } from './connection-types.ts';
import type { Outlet } from './outlet.ts';

/**
 * What a connection does with what comes, in one of its states: handshake → running → closing → closed. Each state holds what only
 * it needs; what lasts from one to the next is in {@link Known}.
 */
export interface ConnectionState {
  /** Octets have come. Returns those that are frames. */
  readonly receive: (chunk: Buffer) => Buffer;
  /** A method frame, on any channel. Throws what closes the connection. */
  readonly method: (channel: number, method: IncomingMethod) => void;
  /** A frame of content. Throws what closes the connection. */
  readonly content: (channel: number, kind: 'header' | 'body') => void;
  /** Is no more to be read for now? Asked again by `Wire.resume`. */
  readonly holdsBack: () => boolean;
  /** Not on its way to the end: a fault closes the connection, and replies that nobody reads stop the reading. */
  readonly open: boolean;
  /** The socket has taken all that it was given. */
  readonly drained: () => void;
  /** Twice a second. `excusedMs` have passed that were no connection's fault. */
  readonly tick: (now: number, excusedMs: number) => void;
  readonly checkAckTimeout: () => void;
  /** The server stops. */
  readonly stop: (text: string) => void;
  /** It is the connection's state from here on. */
  readonly enter: () => void;
  /** Another state follows: what is still on its way to this one counts no more. */
  readonly leave: () => void;
}

/** The reading side of the socket. */
export interface Wire {
  readonly pause: () => void;
  /** Reads on, unless the state holds back. */
  readonly resume: () => void;
  readonly paused: () => boolean;
  /** The stream cannot be followed any further: what comes is thrown away. */
  readonly deafen: () => void;
  /** Largest frame from now on. */
  readonly setFrameMax: (frameMax: number) => void;
  /** Ends our side of the socket, after these octets. */
  readonly end: (last?: Uint8Array) => void;
  /** Ends the socket at once. */
  readonly destroy: () => void;
}

/** What a state may use, and how it hands over to the next. */
export interface ConnectionContext {
  readonly options: ConnectionOptions;
  readonly outlet: Outlet;
  readonly wire: Wire;
  readonly known: Known;
  readonly become: (next: ConnectionState) => void;
  /** Closes the connection with an error; logged. Says which method it answers. Nothing while it closes already. */
  readonly fail: (error: unknown, cause?: MethodIds, outcome?: GivenBack) => void;
  /** Closes the connection by `connection.close`; what the client has goes back by `outcome`. */
  readonly close: (fault: AmqpFault, cause?: MethodIds, outcome?: GivenBack) => void;
  /** Gives back what the client has; resolves when that is settled. */
  readonly dropChannels: (outcome: GivenBack) => Promise<void>;
}

const NOTHING = Buffer.alloc(0);
const nothing = () => undefined;

/** The socket is gone. */
export const CLOSED: ConnectionState = {
  receive: () => NOTHING,
  method: nothing,
  content: nothing,
  holdsBack: () => false,
  open: false,
  drained: nothing,
  tick: nothing,
  checkAckTimeout: nothing,
  stop: nothing,
  enter: nothing,
  leave: nothing,
};
