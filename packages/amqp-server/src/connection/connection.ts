import { type ChannelSet, createChannelSet } from '../channel/channel-set.ts';
import type { GivenBack } from '../channel/channel-state.ts';
import { createFrameParser } from '../codec/frame-parser.ts';
import { PROTOCOL_HEADER } from '../codec/frames.ts';
import { type IncomingArguments, type IncomingMethod, idsIn, readMethod } from '../codec/method-codec.ts';
import {
  AmqpFault,
  connectionFault,
  describeError,
  type MethodIds,
  NO_METHOD,
  REPLY,
  toFault,
} from '../faults.ts';
import { type BrokerSession, Refusal } from '../ports.ts';
import { type Connection, type ConnectionOptions, statusOf } from './connection-types.ts';
import {
  type ClientInfo,
  readClientInfo,
  readPlain,
  readTuning,
  startArguments,
  type Tuning,
} from './handshake.ts';
import { type ConnectionLink, createLink } from './link.ts';
import { createOutlet } from './outlet.ts';

type State = 'header' | 'start-ok' | 'login' | 'tune-ok' | 'open' | 'running' | 'closing' | 'closed';

/** AMQP 0-9-1 §4.2.7: a peer that is silent for two intervals is gone. */
const HEARTBEATS_MISSED = 2;

/** Speaks AMQP 0-9-1 with one client from the protocol header to the closed socket. */
export function createConnection(options: ConnectionOptions): Connection {
  const { socket, limits, log, clock } = options;
  const outlet = createOutlet(socket, onDrain);
  const parser = createFrameParser(
    { method: onMethodFrame, content: onContent, heartbeat: onHeartbeat },
    limits.maxHandshakeFrame,
  );
  let state: State = 'header';
  let client: ClientInfo | undefined;
  let session: BrokerSession | undefined;
  let tuning: Tuning | undefined;
  let link: ConnectionLink | undefined;
  let channels: ChannelSet | undefined;
  let header: Buffer = Buffer.alloc(0);
  let lastRead = clock();
  let lastWrite = lastRead;
  let lastProgress = lastRead;
  let lastUnsent = 0;
  let deadline = lastRead + limits.handshakeMs;
  let paused = false;
  let deaf = false;
  const closed = Promise.withResolvers<void>();

  socket.setNoDelay(true);
  socket.setKeepAlive(true, 60_000);
  socket.on('data', onData);
  socket.on('error', () => undefined);
  socket.on('close', onSocketClosed);

  /* ---- octets and frames ---- */

  function onData(chunk: Buffer): void {
    lastRead = clock();
    if (deaf || state === 'closed') return;
    try {
      const rest = state === 'header' ? readProtocolHeader(chunk) : chunk;
      if (rest.length > 0) parser.push(rest);
    } catch (error) {
      // The stream cannot be followed any further: only the end of it is waited for.
      deaf = true;
      fail(error);
    }
    // Replies that nobody reads: no more questions are taken until they are.
    if (state !== 'closing' && outlet.unsent() > limits.maxUnsentBytes) {
      outlet.flush();
      if (outlet.blocked()) pause();
    }
  }

  function readProtocolHeader(chunk: Buffer): Buffer {
    const needed = PROTOCOL_HEADER.length - header.length;
    header = Buffer.concat([header, chunk.subarray(0, needed)]);
    if (!header.equals(PROTOCOL_HEADER.subarray(0, header.length))) {
      // AMQP 0-9-1 §4.2.2: told which version there is, then closed.
      state = 'closing';
      deaf = true;
      deadline = clock() + limits.closeMs;
      socket.end(PROTOCOL_HEADER);
      return chunk.subarray(chunk.length);
    }
    if (header.length === PROTOCOL_HEADER.length) {
      state = 'start-ok';
      outlet.send(0, 'connection.start', startArguments(options.product, options.version));
    }
    return chunk.subarray(needed);
  }

  function onHeartbeat(): void {
    // That something came is all it says.
  }

  function onContent(number: number, kind: 'header' | 'body'): void {
    if (state === 'closing' || state === 'closed') return;
    const channel = channels?.get(number);
    // What follows a refused basic.publish is discarded until the client has answered `channel.close`.
    if (channel?.state === 'closing') return;
    if (state === 'running' && number !== 0 && !channel) {
      fail(connectionFault('CHANNEL_ERROR', `channel ${number} is not open`));
      return;
    }
    fail(connectionFault('UNEXPECTED_FRAME', `content ${kind} frame without a method that carries content`));
  }

  function onMethodFrame(number: number, payload: Buffer): void {
    if (state === 'closed') return;
    try {
      const method = readMethod(payload);
      if (state === 'closing') {
        onMethodWhileClosing(number, method);
        return;
      }
      if (number === 0) onConnectionMethod(method);
      else if (!channels || method.name.startsWith('connection.')) throw outOfPlace(number, method);
      else channels.run(number, method);
      if (channels?.get(number) && channels.get(number)!.waiting.length > limits.maxWaitingMethods) pause();
    } catch (error) {
      fail(error, idsIn(payload));
    }
  }

  function onMethodWhileClosing(number: number, method: IncomingMethod): void {
    if (number !== 0) return;
    if (method.name === 'connection.close-ok') socket.end();
    if (method.name === 'connection.close') outlet.send(0, 'connection.close-ok', {});
  }

  /* ---- channel 0 ---- */

  function onConnectionMethod(method: IncomingMethod): void {
    if (method.name === 'connection.close') return void onClientClose();
    if (method.name === 'connection.start-ok' && state === 'start-ok') {
      onStartOk(method.args);
      return;
    }
    if (method.name === 'connection.tune-ok' && state === 'tune-ok') {
      onTuneOk(method.args);
      return;
    }
    if (method.name === 'connection.open' && state === 'open') {
      onOpen(method.args);
      return;
    }
    if (state === 'running' && method.name === 'connection.update-secret') {
      // A token is checked at login only (fiks-io §1.5); RabbitMQ too answers so when logins do not run out.
      outlet.send(0, 'connection.update-secret-ok', {});
      return;
    }
    throw outOfPlace(0, method);
  }

  function onStartOk(args: IncomingArguments<'connection.start-ok'>): void {
    client = readClientInfo(args.clientProperties);
    const credentials = args.mechanism === 'PLAIN' ? readPlain(args.response) : undefined;
    if (!credentials) {
      log.warn({ address: options.address, reason: 'mechanism' }, 'AMQP login refused');
      refuseLogin();
      return;
    }
    state = 'login';
    pause();
    options.broker.login({ ...credentials, address: options.address }).then(onLogin, onLoginFailed);
  }

  function onLogin(given: BrokerSession): void {
    if (state !== 'login') return;
    session = given;
    state = 'tune-ok';
    const { channelMax, frameMax, heartbeatSeconds: heartbeat } = limits;
    outlet.send(0, 'connection.tune', { channelMax, frameMax, heartbeat });
    resume();
  }

  /** Which check failed is for the host's log only (fiks-io §1.6, §6.1). */
  function onLoginFailed(error: unknown): void {
    if (state !== 'login') return;
    if (error instanceof Refusal) {
      refuseLogin();
      return;
    }
    fail(connectionFault('INTERNAL_ERROR', 'credentials cannot be checked now'));
  }

  function refuseLogin(): void {
    if (client?.authenticationFailureClose) {
      beginClose(
        connectionFault('ACCESS_REFUSED', 'login was refused; the reason is in the log of the server'),
      );
      return;
    }
    socket.end();
    beginClosing();
  }

  function onTuneOk(args: IncomingArguments<'connection.tune-ok'>): void {
    tuning = readTuning(args, limits);
    parser.setFrameMax(tuning.frameMax);
    state = 'open';
  }

  function onOpen(args: IncomingArguments<'connection.open'>): void {
    if (args.virtualHost !== '/') {
      throw connectionFault('NOT_ALLOWED', `vhost '${args.virtualHost}' does not exist`);
    }
    // As RabbitMQ answers a user at its limit: here, when the connection is opened.
    if (!options.admit(session!.user)) {
      throw connectionFault(
        'NOT_ALLOWED',
        `connection to vhost '/' refused: the limit of ${limits.maxConnectionsPerUser} connections is reached`,
      );
    }
    const name = client?.name || client?.product || 'AMQP';
    link = createLink({
      ...options,
      outlet,
      session: session!,
      peer: { name, address: options.address },
      cancelNotify: client?.cancelNotify ?? false,
      fail,
      resume,
      removeChannel: (channel) => channels?.remove(channel),
    });
    channels = createChannelSet(link, tuning!);
    state = 'running';
    outlet.send(0, 'connection.open-ok', { knownHosts: '' });
  }

  /**
   * The client's `connection.close`: answered when what it had is back on its queues. The socket is the client's to close
   * (AMQP 0-9-1 §2.2.4): one that ends at once may reach it before it has read the answer, as a lost connection.
   */
  async function onClientClose(): Promise<void> {
    beginClosing();
    await dropChannels('requeue');
    outlet.send(0, 'connection.close-ok', {});
    deadline = clock() + limits.closeMs;
  }

  /* ---- the end ---- */

  function fail(error: unknown, cause: MethodIds = NO_METHOD, outcome?: GivenBack): void {
    if (state === 'closing' || state === 'closed') return;
    const fault = toFault(error);
    if (!(error instanceof AmqpFault)) log.error(describeError(error), 'AMQP connection failed');
    else log.info({ reply: fault.message, address: options.address }, 'AMQP connection closed with an error');
    beginClose(fault, cause, outcome);
  }

  function beginClose(fault: AmqpFault, cause = NO_METHOD, outcome: GivenBack = 'connection_lost'): void {
    beginClosing();
    outlet.send(0, 'connection.close', { replyCode: REPLY[fault.reply], replyText: fault.message, ...cause });
    void dropChannels(outcome);
  }

  function beginClosing(): void {
    state = 'closing';
    deadline = clock() + limits.closeMs;
    resume();
  }

  async function dropChannels(outcome: GivenBack): Promise<void> {
    await channels?.drop(outcome).catch(() => undefined);
    await link?.idle();
  }

  function onSocketClosed(): void {
    state = 'closed';
    outlet.close();
    void dropChannels('connection_lost').then(closed.resolve);
  }

  /* ---- back-pressure and time ---- */

  function pause(): void {
    paused = true;
    socket.pause();
  }

  function resume(): void {
    if (!paused || state === 'login') return;
    if (state !== 'closing' && (outlet.unsent() > limits.maxUnsentBytes || channels?.crowded())) return;
    paused = false;
    socket.resume();
  }

  function onDrain(): void {
    lastProgress = clock();
    resume();
    channels?.wake();
  }

  function tick(excusedMs: number): void {
    const now = clock();
    lastRead += excusedMs;
    lastProgress += excusedMs;
    deadline += excusedMs;
    if (outlet.wrote()) lastWrite = now;
    if (state === 'closed') return;
    if (state !== 'running') {
      if (now > deadline) socket.destroy();
      return;
    }
    checkProgress(now);
    const every = tuning!.heartbeatMs;
    if (every === 0) return;
    if (now - lastWrite >= every / 2) outlet.heartbeat();
    // What we do not read cannot be missing.
    if (paused) lastRead = now;
    if (now - lastRead > every * HEARTBEATS_MISSED) {
      log.info({ address: options.address, user: session!.user }, 'AMQP client missed its heartbeats');
      socket.destroy();
    }
  }

  /** A socket that takes nothing holds its deliveries; after a while it is given up, so that others get them. */
  function checkProgress(now: number): void {
    const unsent = outlet.unsent();
    if (!outlet.blocked() || unsent < lastUnsent) lastProgress = now;
    lastUnsent = unsent;
    if (now - lastProgress > limits.stallMs) socket.destroy();
  }

  return {
    status: () => statusOf(options, client, session, link, channels),
    tick,
    checkAckTimeout: () => {
      if (state === 'running') channels?.checkAckTimeout();
    },
    stop: (text) => {
      if (state === 'running') beginClose(connectionFault('CONNECTION_FORCED', text), undefined, 'released');
      else if (state !== 'closing') socket.destroy();
      return closed.promise;
    },
    destroy: () => socket.destroy(),
    closed: closed.promise,
  };
}

function outOfPlace(number: number, method: IncomingMethod): AmqpFault {
  return connectionFault('COMMAND_INVALID', `${method.name} is out of place on channel ${number}`);
}
