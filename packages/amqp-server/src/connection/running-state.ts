import type { ChannelSet } from '../channel/channel-set.ts';
import type { IncomingMethod } from '../codec/method-codec.ts';
import { connectionFault, outOfPlace } from '../faults.ts';
import type { BrokerSession } from '../ports.ts';
import { createClosing } from './closing-state.ts';
import type { ConnectionContext, ConnectionState } from './state.ts';

/** AMQP 0-9-1 §4.2.7: a peer that is silent for two intervals is gone. */
const HEARTBEATS_MISSED = 2;

export interface RunningOptions {
  readonly session: BrokerSession;
  readonly channels: ChannelSet;
  /** Interval that the client has chosen; 0 is none. */
  readonly heartbeatMs: number;
}

/** A client that has logged in: its channels work, and heartbeats go both ways. */
export function createRunning(
  context: ConnectionContext,
  { session, channels, heartbeatMs }: RunningOptions,
): ConnectionState {
  const { options, outlet, wire } = context;
  const { limits, log, clock } = options;
  let lastRead = clock();
  let lastWrite = lastRead;
  let lastProgress = lastRead;
  let lastUnsent = 0;

  function answer(method: IncomingMethod): void {
    if (method.name === 'connection.close') context.become(createClosing(context, 'client'));
    // A token is checked at login only (fiks-io §1.5); RabbitMQ too answers so when logins do not run out.
    else if (method.name === 'connection.update-secret') outlet.send(0, 'connection.update-secret-ok', {});
    else throw outOfPlace(0, method.name);
  }

  /** A socket that takes nothing holds its deliveries; after a while it is given up, so that others get them. */
  function checkProgress(now: number): void {
    const unsent = outlet.unsent();
    if (!outlet.blocked() || unsent < lastUnsent) lastProgress = now;
    lastUnsent = unsent;
    if (now - lastProgress > limits.stallMs) wire.destroy();
  }

  function checkHeartbeats(now: number): void {
    if (heartbeatMs === 0) return;
    if (now - lastWrite >= heartbeatMs / 2) outlet.heartbeat();
    // What we do not read cannot be missing.
    if (wire.paused()) lastRead = now;
    if (now - lastRead <= heartbeatMs * HEARTBEATS_MISSED) return;
    log.info({ address: options.address, user: session.user }, 'AMQP client missed its heartbeats');
    wire.destroy();
  }

  return {
    receive: (chunk) => {
      lastRead = clock();
      return chunk;
    },
    method: (number, method) => {
      if (number === 0) {
        answer(method);
        return;
      }
      if (method.name.startsWith('connection.')) throw outOfPlace(number, method.name);
      channels.run(number, method);
      const waiting = channels.get(number)?.waiting.length ?? 0;
      if (waiting > limits.maxWaitingMethods) wire.pause();
    },
    content: (number, kind) => {
      const channel = channels.get(number);
      // What follows a refused basic.publish is discarded until the client has answered `channel.close`.
      if (channel?.state === 'closing') return;
      throw number !== 0 && !channel
        ? connectionFault('CHANNEL_ERROR', `channel ${number} is not open`)
        : connectionFault('UNEXPECTED_FRAME', `content ${kind} frame without a method that carries content`);
    },
    holdsBack: () => outlet.unsent() > limits.maxUnsentBytes || channels.crowded(),
    open: true,
    drained: () => {
      lastProgress = clock();
      wire.resume();
      channels.wake();
    },
    tick: (now, excusedMs) => {
      lastRead += excusedMs;
      lastProgress += excusedMs;
      if (outlet.wrote()) lastWrite = now;
      checkProgress(now);
      checkHeartbeats(now);
    },
    checkAckTimeout: channels.checkAckTimeout,
    stop: (text) => context.close(connectionFault('CONNECTION_FORCED', text), undefined, 'released'),
    enter: () => outlet.send(0, 'connection.open-ok', { knownHosts: '' }),
    leave: () => undefined,
  };
}
