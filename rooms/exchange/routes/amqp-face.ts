import {
  type AmqpLimits,
  type AmqpListener,
  type AmqpLog,
  type AmqpServer,
  type Broker,
  type BrokerSession,
  createAmqpServer,
  Refusal,
} from '@grunnmur/amqp-server';
import { isAppError } from '@grunnmur/kernel/errors';
import type { Logger } from '@grunnmur/kernel/log';
import { EXCHANGE_NAME } from '../types.ts';

export interface AmqpFaceOptions {
  readonly broker: Broker;
  readonly log: Logger;
  readonly now: () => Date;
  readonly version: string;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Starts the AMQP face (fiks-io §3): the room's queues, served by `@grunnmur/amqp-server`. */
export function startAmqpFace(
  options: AmqpFaceOptions,
  listeners: readonly AmqpListener[],
  limits: Partial<AmqpLimits>,
): Promise<AmqpServer> {
  return createAmqpServer({
    ...options,
    broker: withRefusals(options.broker, options.log),
    log: inOurNames(options.log),
    product: 'Grunnmur',
    exchanges: [EXCHANGE_NAME],
    listeners,
    limits,
  });
}

/** The room's errors become what AMQP has words for (fiks-io §1.6, AMQP rows). */
function withRefusals(broker: Broker, log: Logger): Broker {
  return {
    login: async (credentials) => {
      const session = await broker.login(credentials).catch((error: unknown) => {
        logRefusedLogin(error, credentials.username, credentials.address, log);
        throw isAppError(error) && error.status < 500 ? new Refusal('login', { cause: error }) : error;
      });
      return sessionWithRefusals(session);
    },
  };
}

function sessionWithRefusals(session: BrokerSession): BrokerSession {
  return {
    ...session,
    inspect: (queue) => session.inspect(queue).catch(refuse),
    subscribe: (queue, consumer) => session.subscribe(queue, consumer).catch(refuse),
    get: (queue) => session.get(queue).catch(refuse),
  };
}

function refuse(error: unknown): never {
  if (!isAppError(error) || (error.status !== 404 && error.status !== 403)) throw error;
  const { queue } = error.params;
  throw new Refusal(error.status === 404 ? 'unknown-queue' : 'no-access', {
    cause: error,
    ...(typeof queue === 'string' ? { queue } : {}),
  });
}

/** Which check failed is for the operator's log only (fiks-io §1.6, §6.1). */
function logRefusedLogin(error: unknown, username: string, address: string, log: Logger): void {
  // Not the error's text: it may repeat what was given as a name.
  const { code } = (error ?? {}) as { code?: unknown };
  const reason = isAppError(error) ? error.params.reason : undefined;
  const integrasjonId = UUID.test(username) ? username : undefined;
  log.warn(
    { code: typeof code === 'string' ? code : undefined, reason, integrasjonId, address },
    'AMQP login refused',
  );
}

/** Under the names that the room's other lines have. */
function inOurNames(log: Logger): AmqpLog {
  const named = (fields: object): object => {
    const { user, messageId, ...rest } = fields as { user?: string; messageId?: string };
    return {
      ...rest,
      ...(user === undefined ? {} : { integrasjonId: user }),
      ...(messageId === undefined ? {} : { meldingId: messageId }),
    };
  };
  return {
    info: (fields, message) => log.info(named(fields), message),
    warn: (fields, message) => log.warn(named(fields), message),
    error: (fields, message) => log.error(named(fields), message),
  };
}
