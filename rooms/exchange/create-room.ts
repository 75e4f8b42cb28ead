import type { Access } from '@grunnmur/access';
import type { AmqpLimits, AmqpListener, AmqpServer, Broker } from '@grunnmur/amqp-server';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import type { Database } from '@grunnmur/kernel/db';
import type { Logger } from '@grunnmur/kernel/log';
import type { Room } from '@grunnmur/kernel/room';
import type { ObjectStore } from '@grunnmur/kernel/storage';
import { sweepSchedule } from '@grunnmur/kernel/storage';
import type { FastifyRequest } from 'fastify';
import { type Exchange, type ExchangeParts, LONGEST_UPLOAD_MS } from './contract.ts';
import { purgeSchedule } from './jobs/meldinger.ts';
import type { EgneSkjemaer } from './protocols/validate-message.ts';
import { registerAdmin } from './routes/admin/register-admin.ts';
import { startAmqpFace } from './routes/amqp-face.ts';
import { registerApi } from './routes/api/register-api.ts';
import { registerAuthorization } from './routes/authorization/register-authorization.ts';
import { registerKatalog, registerProtokollKatalog } from './routes/katalog/register-katalog.ts';
import { registerKonto } from './routes/konto/register-konto.ts';
import { registerProtokoll } from './routes/protokoll/register-protokoll.ts';
import { registerSend } from './routes/send/register-send.ts';
import type { KontoRouteDeps } from './routes/shared/konto-route-deps.ts';
import { registerValidate } from './routes/validate/register-validate.ts';
import { createRabbitmqQueues } from './service/broker-mode/create-rabbitmq-queues.ts';
import type { RabbitmqSettings } from './service/broker-mode/rabbitmq-settings.ts';
import { takeBackFromRabbitmq } from './service/broker-mode/take-back.ts';
import { createDocumentsSocket } from './service/documents-socket.ts';
import { createKontoAdmin, createKontoer, type KontoAdmin } from './service/kontoer/index.ts';
import { createExchange } from './service/meldinger/create-exchange.ts';
import { createSender } from './service/meldinger/create-sender.ts';
import { DEFAULT_MELDING_LIMITS, type MeldingLimits } from './service/meldinger/limits.ts';
import type { Queues } from './service/ports.ts';
import { createQueues, type QueueRoom } from './service/queues/create-queues.ts';
import { type ExchangeDemoSystem, seedSystem, seedTilganger } from './service/seed-demo.ts';
import { createValidator } from './service/validator/create-validator.ts';
import { giveValidatorKey } from './service/validator/validator-keys.ts';
import { kjenteObjekter } from './store/meldinger/retention-store.ts';

export { allowsPeer } from './routes/authorization/allows-peer.ts';
export type { RabbitmqSettings } from './service/broker-mode/rabbitmq-settings.ts';
export type { KontoAdmin } from './service/kontoer/index.ts';
export { DEFAULT_MELDING_LIMITS, type MeldingLimits } from './service/meldinger/limits.ts';
export type { ExchangeDemoKonto, ExchangeDemoSystem } from './service/seed-demo.ts';

export interface ExchangeRoomOptions {
  readonly db: Database;
  readonly log: Logger;
  readonly now: () => Date;
  readonly access: Access;
  /** The room's own store, or part of one: what the room does not know is removed from it. */
  readonly storage: ObjectStore;
  /** Context of the program itself, for no tenant. */
  readonly systemCtx: Ctx;
  /** Context of a request before anybody is identified. */
  readonly baseCtx: (request: FastifyRequest) => Ctx;
  readonly version: string;
  /** Seals the private keys of validator kontoer. */
  readonly masterKey: Uint8Array;
  /** Kontoer whose messages the platform answers with a report (`giveValidatorKey` makes one). Default none. */
  readonly validatorKontoIds?: readonly string[];
  /** Newer published schemas that an operator has loaded. */
  readonly skjemaer?: EgneSkjemaer;
  readonly limits?: Partial<MeldingLimits>;
  /** RabbitMQ is the broker (docs/rabbitmq.md). Default: the platform itself. */
  readonly rabbitmq?: RabbitmqSettings;
  /** Of this process's queues: the same after a restart and no other process's. */
  readonly nodeName?: string;
  /** A process not seen for this long is dead. Default 20 s. */
  readonly leaseMs?: number;
}

export interface ExchangeRoom {
  readonly room: Room;
  /** What people of an organisation may ask. */
  readonly exchange: Exchange;
  /** What the room that keeps documents gets, and gives. */
  readonly parts: ExchangeParts;
  readonly broker: Broker;
  readonly queues: Queues;
  readonly admin: KontoAdmin;
  /** Starts the AMQP face (fiks-io §3), unless RabbitMQ is the broker. Stop it before the room. */
  readonly listenAmqp: (
    listeners: readonly AmqpListener[],
    limits?: Partial<AmqpLimits>,
  ) => Promise<AmqpServer>;
  /** Makes one of `ctx.tenant`'s kontoer a validator konto, or gives it a new key. */
  readonly giveValidatorKey: (ctx: Ctx, kontoId: string) => Promise<void>;
  /** Demonstration only: systems with kontoer, each by its organisation's id; the same at each start. */
  readonly seedDemo: (
    systems: readonly (ExchangeDemoSystem & { readonly tenant: string })[],
  ) => Promise<void>;
}

/** Builds the room: Fiks IO and its configuration. Nothing is read or started before `room.start`. */
export function createExchangeRoom(options: ExchangeRoomOptions): ExchangeRoom {
  const { access, now, log, systemCtx, version } = options;
  const kontoer = createKontoer();
  const rabbitmq = options.rabbitmq && createRabbitmqQueues({ ...options, kontoer }, options.rabbitmq);
  const queueRoom: QueueRoom = rabbitmq ?? createQueues({ ...options, kontoer });
  const { broker, queues } = queueRoom;
  const kontoDeps: KontoRouteDeps = { access, kontoer, queues, baseCtx: options.baseCtx };
  const admin = createKontoAdmin(kontoDeps);
  const limits = { ...DEFAULT_MELDING_LIMITS, ...options.limits };
  const { documents, useDocuments } = createDocumentsSocket();
  const send = createSender({ ...options, documents, limits, kontoer, arrived: queueRoom.arrived });
  const { session } = queueRoom;
  const validator =
    session &&
    createValidator({
      ...options,
      kontoer,
      send,
      documents,
      kontoIds: options.validatorKontoIds ?? [],
      session: async (integrasjonId) => session(integrasjonId),
    });
  return {
    exchange: createExchange({ access, kontoer, queues }),
    parts: { accounts: kontoer, useDocuments },
    broker,
    queues,
    admin,
    listenAmqp: (listeners, amqpLimits = {}) =>
      startAmqpFace({ broker, log, now, version }, listeners, amqpLimits),
    giveValidatorKey: (ctx, kontoId) => giveValidatorKey(ctx, { kontoer }, options.masterKey, kontoId),
    seedDemo: async (systems) => {
      for (const system of systems)
        await seedSystem(withCtx(systemCtx, { tenant: system.tenant }), admin, system);
      for (const system of systems)
        await seedTilganger(withCtx(systemCtx, { tenant: system.tenant }), kontoDeps, system);
    },
    room: {
      name: 'exchange',
      routes: async (app) => {
        await registerKatalog(app, kontoDeps);
        await registerProtokollKatalog(app, kontoDeps);
        await registerKonto(app, kontoDeps);
        await registerProtokoll(app, kontoDeps);
        await registerAdmin(app, { access, baseCtx: options.baseCtx, admin });
        await registerSend(app, { access, baseCtx: options.baseCtx, limits, send });
        await registerApi(app, { access, baseCtx: options.baseCtx });
        await registerValidate(app, { access, baseCtx: options.baseCtx, skjemaer: options.skjemaer });
        if (rabbitmq) await registerAuthorization(app, { ...rabbitmq, peers: options.rabbitmq!.peers });
      },
      schedules: [
        purgeSchedule(),
        sweepSchedule({
          name: 'exchange.sweep_objects',
          storage: options.storage,
          // Documents lie in the same part of the store.
          known: [kjenteObjekter, (trx, ids) => documents.findKnown(trx, ids)],
          olderThanMs: 2 * Math.max(LONGEST_UPLOAD_MS, limits.uploadTimeoutMs),
        }),
      ],
      start: async () => {
        if (!rabbitmq) await takeBackFromRabbitmq(options.db, log);
        await queueRoom.start();
        await validator?.start();
      },
      stop: async () => {
        await validator?.stop();
        await queueRoom.stop();
      },
    },
  };
}
