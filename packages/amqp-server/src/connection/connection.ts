import type { GivenBack } from '../channel/channel-state.ts';
import { idsIn, readMethod } from '../codec/method-codec.ts';
import { AmqpFault, describeError, type MethodIds, NO_METHOD, REPLY, toFault } from '../faults.ts';
import { createClosing } from './closing-state.ts';
import { type Connection, type ConnectionOptions, type Known, statusOf } from './connection-types.ts';
import { createHandshake } from './handshake-state.ts';
import { createOutlet } from './outlet.ts';
import { CLOSED, type ConnectionContext, type ConnectionState } from './state.ts';
import { createWire } from './wire.ts';

/** Speaks AMQP 0-9-1 with one client from the protocol header to the closed socket. */
export function createConnection(options: ConnectionOptions): Connection {
  const { socket, clock } = options;
  const closed = Promise.withResolvers<void>();
  const known: Known = {};
  const outlet = createOutlet(socket, () => state.drained());
  const wire = createWire(socket, outlet, options.limits, {
    state: () => state,
    method: (channel, payload) => {
      try {
        state.method(channel, readMethod(payload));
      } catch (error) {
        fail(error, idsIn(payload));
      }
    },
    content: (channel, kind) => {
      try {
        state.content(channel, kind);
      } catch (error) {
        fail(error);
      }
    },
    broken: fail,
  });
  const context: ConnectionContext = { options, outlet, wire, known, become, fail, close, dropChannels };
  let state: ConnectionState = createHandshake(context);
  socket.on('close', onSocketClosed);

  function become(next: ConnectionState): void {
    state.leave();
    state = next;
    wire.resume();
    next.enter();
  }

  function fail(error: unknown, cause: MethodIds = NO_METHOD, outcome?: GivenBack): void {
    if (!state.open) return;
    const fault = toFault(error);
    if (!(error instanceof AmqpFault)) options.log.error(describeError(error), 'AMQP connection failed');
    else
      options.log.info(
        { reply: fault.message, address: options.address },
        'AMQP connection closed with an error',
      );
    close(fault, cause, outcome);
  }

  function close(fault: AmqpFault, cause = NO_METHOD, outcome: GivenBack = 'connection_lost'): void {
    become(createClosing(context));
    outlet.send(0, 'connection.close', { replyCode: REPLY[fault.reply], replyText: fault.message, ...cause });
    void dropChannels(outcome);
  }

  async function dropChannels(outcome: GivenBack): Promise<void> {
    await known.channels?.drop(outcome).catch(() => undefined);
    await known.link?.idle();
  }

  function onSocketClosed(): void {
    state.leave();
    state = CLOSED;
    outlet.close();
    void dropChannels('connection_lost').then(closed.resolve);
  }

  return {
    status: () => statusOf(options, known),
    tick: (excusedMs) => state.tick(clock(), excusedMs),
    checkAckTimeout: () => state.checkAckTimeout(),
    stop: (text) => {
      state.stop(text);
      return closed.promise;
    },
    destroy: () => socket.destroy(),
    closed: closed.promise,
  };
}
