import type { ConnectionContext, ConnectionState } from './state.ts';

/**
 * The connection ends: ours is said, or the client's is answered, and the socket is waited for, {@link AmqpLimits.closeMs} at most.
 * `by` the client: its `connection.close` is answered when what it had is back on its queues. The socket is the client's to close
 * then (AMQP 0-9-1 §2.2.4): one that ends at once may reach it before it has read the answer, as a lost connection.
 */
export function createClosing(
  context: ConnectionContext,
  by: 'client' | 'server' = 'server',
): ConnectionState {
  const { options, outlet, wire } = context;
  const { clock, limits } = options;
  let deadline = clock() + limits.closeMs;

  async function answerClient(): Promise<void> {
    await context.dropChannels('requeue');
    outlet.send(0, 'connection.close-ok', {});
    deadline = clock() + limits.closeMs;
  }

  return {
    receive: (chunk) => chunk,
    method: (channel, { name }) => {
      if (channel !== 0) return;
      if (name === 'connection.close-ok') wire.end();
      if (name === 'connection.close') outlet.send(0, 'connection.close-ok', {});
    },
    content: () => undefined,
    holdsBack: () => false,
    open: false,
    drained: wire.resume,
    tick: (now, excusedMs) => {
      deadline += excusedMs;
      if (now > deadline) wire.destroy();
    },
    checkAckTimeout: () => undefined,
    stop: () => undefined,
    enter: () => {
      if (by === 'client') void answerClient();
    },
    leave: () => undefined,
  };
}
