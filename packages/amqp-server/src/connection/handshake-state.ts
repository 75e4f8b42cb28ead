import { createChannelSet } from '../channel/channel-set.ts';
import { PROTOCOL_HEADER } from '../codec/frames.ts';
import type { IncomingArguments, IncomingMethod } from '../codec/method-codec.ts';
import { connectionFault, outOfPlace } from '../faults.ts';
import { type BrokerSession, Refusal } from '../ports.ts';
import { createClosing } from './closing-state.ts';
import { readClientInfo, readPlain, readTuning, startArguments, type Tuning } from './handshake.ts';
import { createLink } from './link.ts';
import { createRunning } from './running-state.ts';
import type { ConnectionContext, ConnectionState } from './state.ts';

/** What comes next from the client, or from the host (`login`). */
type Step = 'header' | 'start-ok' | 'login' | 'tune-ok' | 'open' | 'left';

/** From the protocol header to `connection.open` (AMQP 0-9-1 §2.2.4, §4.2.2), within {@link AmqpLimits.handshakeMs}. */
export function createHandshake(context: ConnectionContext): ConnectionState {
  const { options, outlet, wire, known } = context;
  const { limits, log } = options;
  let step: Step = 'header';
  let header: Buffer = Buffer.alloc(0);
  let deadline = options.clock() + limits.handshakeMs;
  let tuning: Tuning | undefined;

  function readProtocolHeader(chunk: Buffer): Buffer {
    const needed = PROTOCOL_HEADER.length - header.length;
    header = Buffer.concat([header, chunk.subarray(0, needed)]);
    if (!header.equals(PROTOCOL_HEADER.subarray(0, header.length))) {
      // AMQP 0-9-1 §4.2.2: told which version there is, then closed.
      wire.deafen();
      wire.end(PROTOCOL_HEADER);
      context.become(createClosing(context));
      return chunk.subarray(chunk.length);
    }
    if (header.length === PROTOCOL_HEADER.length) {
      step = 'start-ok';
      outlet.send(0, 'connection.start', startArguments(options.product, options.version));
    }
    return chunk.subarray(needed);
  }

  function answer(method: IncomingMethod): void {
    if (method.name === 'connection.close') context.become(createClosing(context, 'client'));
    else if (method.name === 'connection.start-ok' && step === 'start-ok') onStartOk(method.args);
    else if (method.name === 'connection.tune-ok' && step === 'tune-ok') onTuneOk(method.args);
    else if (method.name === 'connection.open' && step === 'open') onOpen(method.args);
    else throw outOfPlace(0, method.name);
  }

  function onStartOk(args: IncomingArguments<'connection.start-ok'>): void {
    known.client = readClientInfo(args.clientProperties);
    const credentials = args.mechanism === 'PLAIN' ? readPlain(args.response) : undefined;
    if (!credentials) {
      log.warn({ address: options.address, reason: 'mechanism' }, 'AMQP login refused');
      refuseLogin();
      return;
    }
    step = 'login';
    wire.pause();
    options.broker.login({ ...credentials, address: options.address }).then(onLogin, onLoginFailed);
  }

  function onLogin(session: BrokerSession): void {
    if (step !== 'login') return;
    known.session = session;
    step = 'tune-ok';
    const { channelMax, frameMax, heartbeatSeconds: heartbeat } = limits;
    outlet.send(0, 'connection.tune', { channelMax, frameMax, heartbeat });
    wire.resume();
  }

  /** Which check failed is for the host's log only (fiks-io §1.6, §6.1). */
  function onLoginFailed(error: unknown): void {
    if (step !== 'login') return;
    if (error instanceof Refusal) {
      refuseLogin();
      return;
    }
    context.fail(connectionFault('INTERNAL_ERROR', 'credentials cannot be checked now'));
  }

  function refuseLogin(): void {
    if (known.client?.authenticationFailureClose) {
      context.close(
        connectionFault('ACCESS_REFUSED', 'login was refused; the reason is in the log of the server'),
      );
      return;
    }
    wire.end();
    context.become(createClosing(context));
  }

  function onTuneOk(args: IncomingArguments<'connection.tune-ok'>): void {
    tuning = readTuning(args, limits);
    wire.setFrameMax(tuning.frameMax);
    step = 'open';
  }

  function onOpen(args: IncomingArguments<'connection.open'>): void {
    if (args.virtualHost !== '/') {
      throw connectionFault('NOT_ALLOWED', `vhost '${args.virtualHost}' does not exist`);
    }
    // As RabbitMQ answers a user at its limit: here, when the connection is opened.
    const session = known.session!;
    if (!options.admit(session.user)) {
      throw connectionFault(
        'NOT_ALLOWED',
        `connection to vhost '/' refused: the limit of ${limits.maxConnectionsPerUser} connections is reached`,
      );
    }
    run(session, tuning!);
  }

  function run(session: BrokerSession, chosen: Tuning): void {
    const { client } = known;
    const link = createLink({
      ...options,
      outlet,
      session,
      peer: { name: client?.name || client?.product || 'AMQP', address: options.address },
      cancelNotify: client?.cancelNotify ?? false,
      fail: context.fail,
      resume: wire.resume,
      removeChannel: (channel) => known.channels?.remove(channel),
    });
    const channels = createChannelSet(link, chosen);
    known.link = link;
    known.channels = channels;
    context.become(createRunning(context, { session, channels, heartbeatMs: chosen.heartbeatMs }));
  }

  return {
    receive: (chunk) => (step === 'header' ? readProtocolHeader(chunk) : chunk),
    method: (channel, method) => {
      if (channel !== 0) throw outOfPlace(channel, method.name);
      answer(method);
    },
    content: (_, kind) => {
      throw connectionFault(
        'UNEXPECTED_FRAME',
        `content ${kind} frame without a method that carries content`,
      );
    },
    holdsBack: () => step === 'login' || outlet.unsent() > limits.maxUnsentBytes,
    open: true,
    drained: wire.resume,
    tick: (now, excusedMs) => {
      deadline += excusedMs;
      if (now > deadline) wire.destroy();
    },
    checkAckTimeout: () => undefined,
    stop: wire.destroy,
    enter: () => undefined,
    leave: () => {
      step = 'left';
    },
  };
}
