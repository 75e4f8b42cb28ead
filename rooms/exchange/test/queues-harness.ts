import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerSession, Consumer, Delivery, Outcome, Subscription } from '@grunnmur/amqp-server/ports';
import { withTransaction } from '@grunnmur/kernel/db';
import { newId } from '@grunnmur/kernel/ids';
import { createDiskStore, type KeyRing, type ObjectStore, postgresKeyRing } from '@grunnmur/kernel/storage';
import { type TestDatabase, testDatabase, testFolder } from '@grunnmur/kernel/testing';
import { expect } from 'vitest';
import { createQueues, type QueueRoom } from '../service/queues/create-queues.ts';
import type { QueueDeps } from '../service/queues/queue-deps.ts';
import { queueName } from '../service/queues/queue-name.ts';
import { type NyMelding, taImotMeldinger } from '../store/meldinger/melding-store.ts';
import type { Konto } from '../types.ts';

export interface QueueTest extends TestDatabase {
  readonly storage: ObjectStore;
  /** Folder of the stored objects. */
  readonly objects: string;
  readonly kontoer: Map<string, Konto>;
  /** One more process on the same database. */
  node(change?: Partial<QueueDeps>): Promise<QueueRoom>;
  konto(change?: Partial<Konto>): Promise<Konto>;
  /** Puts messages on the queue as accepted sends do; without a node nobody is told. */
  send(
    fra: Konto,
    til: Konto,
    change?: Partial<NyMelding>,
    nodes?: Pick<QueueRoom, 'arrived'>,
  ): Promise<string>;
  login(node: QueueRoom, konto: Konto): Promise<BrokerSession>;
  status(id: string): Promise<string>;
  koder(id: string): Promise<string[]>;
  waiting(konto: Konto): Promise<number>;
  close(): Promise<void>;
}

/** Real queues on a real database; only the neighbours' answers are given by the test. */
export async function queueTest(): Promise<QueueTest> {
  const test = await testDatabase();
  const keyRing: KeyRing = postgresKeyRing(test.db.pool, {
    current: { id: 'test', key: Buffer.alloc(32, 7) },
  });
  const objects = join(await testFolder(), 'objects');
  const storage = createDiskStore({ root: objects, keyRing });
  const kontoer = new Map<string, Konto>();
  const nodes: QueueRoom[] = [];
  return {
    ...test,
    storage,
    objects,
    kontoer,
    node: async (change = {}) => {
      const room = createQueues({
        db: test.db,
        log: test.ctx().log,
        storage,
        access: {
          // The password is the integration's id: who is who is not the subject here.
          authenticateIntegration: async (credentials) => principal(credentials.integrasjonId ?? ''),
        },
        kontoer: { find: async (_ctx, id) => kontoer.get(id) },
        systemCtx: test.ctx({ tenant: null }),
        nodeName: newId(),
        pollMs: 500,
        expiryMs: 100,
        ...change,
      });
      await room.start();
      nodes.push(room);
      return room;
    },
    konto: async (change = {}) => {
      const konto: Konto = {
        id: newId(),
        tenant: newId(),
        systemId: newId(),
        integrasjonId: newId(),
        navn: 'Prøvekonto',
        beskrivelse: '',
        protokoll: undefined,
        aktiv: true,
        sendDeaktivert: false,
        slettet: false,
        ...change,
      };
      kontoer.set(konto.id, konto);
      await insertKonto(test, konto);
      return konto;
    },
    send: async (fra, til, change = {}, node) => {
      const [svar] = await withTransaction(test.ctx({ tenant: null }), (trx) =>
        taImotMeldinger(trx, [nyMelding(fra, til, change)]),
      );
      if (svar!.seq !== undefined) node?.arrived([{ kontoId: til.id, seq: svar!.seq }]);
      return svar!.id!;
    },
    login: (node, konto) =>
      node.broker.login({ username: konto.integrasjonId, password: 'hemmelig token', address: '127.0.0.1' }),
    status: async (id) => {
      const { rows } = await test.owner.query('select status from exchange.melding where id = $1', [id]);
      return rows[0]?.status;
    },
    koder: async (id) => {
      const { rows } = await test.owner.query(
        'select kode from exchange.hendelse where melding_id = $1 order by nr',
        [id],
      );
      return rows.map((row: { kode: string }) => row.kode);
    },
    waiting: async (konto) => {
      const { rows } = await test.owner.query('select count(*) as n from exchange.ko where konto_id = $1', [
        konto.id,
      ]);
      return rows[0].n;
    },
    close: async () => {
      for (const node of nodes.splice(0)) await node.stop();
    },
  };
}

async function insertKonto({ owner }: TestDatabase, konto: Konto): Promise<void> {
  await owner.query(
    `insert into exchange.system (id, tenant_id, integrasjon_id, navn, opprettet, opprettet_av, sist_endret, sist_endret_av)
     values ($1, $2, $3, 'Prøvesystem', now(), 'test', now(), 'test')
     on conflict do nothing`,
    [konto.systemId, konto.tenant, konto.integrasjonId],
  );
  await owner.query(
    `insert into exchange.konto (id, tenant_id, system_id, navn, aktiv, dokumentlager_konto_id, opprettet, opprettet_av,
       sist_endret, sist_endret_av, slettet)
     values ($1, $2, $3, $4, $5, $1, now(), 'test', now(), 'test', case when $6 then now() end)`,
    [konto.id, konto.tenant, konto.systemId, konto.navn, konto.aktiv, konto.slettet],
  );
}

export function nyMelding(fra: Konto, til: Konto, change: Partial<NyMelding> = {}): NyMelding {
  const innhold = change.innhold === undefined ? Buffer.from('innhold') : change.innhold;
  return {
    id: newId(),
    tenant_id: til.tenant,
    konto_id: til.id,
    avsender_tenant_id: fra.tenant,
    avsender_konto_id: fra.id,
    avsender_navn: fra.navn,
    type: 'no.eksempel.melding',
    svar_til: null,
    headere: {},
    klient_melding_id: null,
    klient_korrelasjons_id: null,
    storrelse: innhold?.length ?? 0,
    sha256: null,
    objekt: null,
    dokument_id: null,
    fingeravtrykk: null,
    ttl_ms: 60_000,
    ...change,
    innhold,
  };
}

export function principal(integrationId: string) {
  return {
    kind: 'integration' as const,
    integrationId,
    name: 'Prøve',
    orgnr: '310000000',
    tenant: newId(),
    grants: [],
    actor: { kind: 'integration' as const, id: integrationId },
  };
}

/** A consumer that holds what it gets until the test settles it. */
export interface Listener {
  readonly held: Delivery[];
  readonly seen: Delivery[];
  readonly subscription: Subscription;
  cancelled: boolean;
  settle(outcome: Outcome, count?: number): Promise<void>;
  /** Waits until it holds `count` messages. */
  holds(count: number): Promise<Delivery[]>;
  ids(): string[];
}

export async function listen(
  session: BrokerSession,
  konto: Konto,
  options: { prefetch?: number; auto?: Outcome; name?: string } = {},
): Promise<Listener> {
  const { prefetch = 10, auto, name = 'prøveklient' } = options;
  const held: Delivery[] = [];
  const seen: Delivery[] = [];
  let subscription: Subscription | undefined;
  const settle = async (outcome: Outcome, count = held.length) => {
    const taken = held.splice(0, count);
    await session.settle(taken.map((delivery) => ({ delivery, outcome })));
    subscription?.wake();
  };
  const consumer: Consumer = {
    capacity: () => prefetch - held.length,
    deliver: (deliveries) => {
      held.push(...deliveries);
      seen.push(...deliveries);
      if (auto) void settle(auto);
    },
    cancelled: () => {
      listener.cancelled = true;
    },
    connection: { name, address: '127.0.0.1' },
  };
  const listener: Listener = {
    held,
    seen,
    cancelled: false,
    get subscription() {
      return subscription!;
    },
    settle,
    holds: async (count) => {
      await expect.poll(() => held.length, { timeout: 10_000, interval: 10 }).toBe(count);
      return [...held];
    },
    ids: () => held.map((delivery) => delivery.messageId),
  };
  subscription = await session.subscribe(queueName(konto.id), consumer);
  return listener;
}

export { sleep };
