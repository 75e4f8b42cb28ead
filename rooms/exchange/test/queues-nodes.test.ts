import { withTransaction } from '@grunnmur/kernel/db';
import { newId } from '@grunnmur/kernel/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queueName } from '../service/queues/queue-name.ts';
import { hjerteslag } from '../store/meldinger/node-store.ts';
import { SERVERFEIL } from '../types.ts';
import { listen, type QueueTest, queueTest, sleep } from './queues-harness.ts';

describe('queues of several nodes', () => {
  let test: QueueTest;
  beforeAll(async () => {
    test = await queueTest();
  });
  afterAll(() => test.close());

  async function pair() {
    return { fra: await test.konto(), til: await test.konto() };
  }

  it('give out what another node took in, told by it', async () => {
    const quiet = { pollMs: 3_600_000 };
    const one = await test.node({ ...quiet, leaseMs: 400 });
    const two = await test.node({ ...quiet, leaseMs: 400 });
    await sleep(300); // both have seen each other
    const { fra, til } = await pair();
    const client = await listen(await test.login(two, til), til);
    await sleep(100);
    const id = await test.send(fra, til, {}, one);
    await client.holds(1);
    expect(client.ids()).toEqual([id]);
    await client.settle('ack');
    await client.subscription.end();
  });

  it('share a queue: every message to exactly one consumer, in order at each', async () => {
    const one = await test.node();
    const two = await test.node();
    const { fra, til } = await pair();
    const clients = [
      await listen(await test.login(one, til), til, { auto: 'ack' }),
      await listen(await test.login(two, til), til, { auto: 'ack' }),
    ];
    const ids: string[] = [];
    for (let n = 0; n < 200; n++) ids.push(await test.send(fra, til, {}, n % 2 ? one : two));
    await expect.poll(() => test.waiting(til), { timeout: 10_000 }).toBe(0);
    const seen = clients.map((client) => client.seen.map((delivery) => delivery.messageId));
    expect(seen.flat().sort()).toEqual([...ids].sort());
    for (const each of seen) expect(each).toEqual(ids.filter((id) => each.includes(id)));
    for (const client of clients) await client.subscription.end();
  });

  it('give back what a killed node held after the lease, marked and with one attempt used', async () => {
    const { fra, til } = await pair();
    const ids = [await test.send(fra, til), await test.send(fra, til)];
    const dead = newId();
    // A node that took both and then sent no more signs of life.
    await hjerteslag(test.db, { id: dead, navn: 'drept', leaseMs: 500 });
    await test.owner.query(
      `select * from exchange.ko_hent($1, $2, array[$3]::uuid[], '{0}', '{10}', '{0}', '{a,b}', null)`,
      [dead, newId(), til.id],
    );
    const node = await test.node({ leaseMs: 500 });
    const client = await listen(await test.login(node, til), til);
    await client.holds(2);
    expect(client.ids()).toEqual(ids);
    expect(client.held.map((delivery) => delivery.redelivered)).toEqual([true, true]);
    await client.settle('ack');
    expect(await test.koder(ids[0]!)).toEqual(['FORBINDELSE_BRUTT', 'KVITTERT']);
    const { rows } = await test.owner.query('select from exchange.node where id = $1', [dead]);
    expect(rows).toHaveLength(0);
    await client.subscription.end();
  });

  it('give back at once what a killed process of the same name held', async () => {
    const { fra, til } = await pair();
    const id = await test.send(fra, til);
    const dead = newId();
    await hjerteslag(test.db, { id: dead, navn: 'vert:3000', leaseMs: 3_600_000 });
    await test.owner.query(
      `select * from exchange.ko_hent($1, $2, array[$3]::uuid[], '{0}', '{10}', '{0}', '{a}', null)`,
      [dead, newId(), til.id],
    );
    const node = await test.node({ nodeName: 'vert:3000', leaseMs: 3_600_000 });
    const client = await listen(await test.login(node, til), til);
    const [delivery] = await client.holds(1);
    expect(delivery!.redelivered).toBe(true);
    await client.settle('ack');
    expect(await test.status(id)).toBe('KVITTERT');
    await client.subscription.end();
  });

  it('give back what is unsettled when a node stops, marked, with no attempt used', async () => {
    const { fra, til } = await pair();
    const stopping = await test.node();
    const id = await test.send(fra, til, {}, stopping);
    const first = await listen(await test.login(stopping, til), til);
    await first.holds(1);
    await stopping.stop();
    const node = await test.node();
    const client = await listen(await test.login(node, til), til);
    const [delivery] = await client.holds(1);
    expect(delivery!.messageId).toBe(id);
    expect(delivery!.redelivered).toBe(true);
    const { rows } = await test.owner.query('select forsok from exchange.ko where melding_id = $1', [id]);
    expect(rows).toEqual([{ forsok: 0 }]);
    await client.settle('ack');
    await client.subscription.end();
  });

  it('give out a message again whose claim was committed, but whose answer was lost', async () => {
    const { fra, til } = await pair();
    const id = await test.send(fra, til);
    let broken = true;
    const query = (async (statement: { name: string; text: string; values: unknown[] }) => {
      const answer = await test.db.pool.query(statement);
      if (!broken || statement.name !== 'exchange_ko_hent' || answer.rows.length === 0) return answer;
      broken = false;
      throw Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
    }) as never;
    const db = { ...test.db, pool: Object.assign(Object.create(test.db.pool), { query }) };
    const node = await test.node({ db });
    const client = await listen(await test.login(node, til), til);
    const [delivery] = await client.holds(1);
    expect(broken).toBe(false);
    expect([delivery!.messageId, delivery!.redelivered]).toEqual([id, false]);
    await client.settle('ack');
    await client.subscription.end();
  });

  it('ignore outcomes of a delivery that was taken from its node', async () => {
    const { fra, til } = await pair();
    const node = await test.node();
    const id = await test.send(fra, til, {}, node);
    const session = await test.login(node, til);
    const client = await listen(session, til, { prefetch: 1 });
    const [delivery] = await client.holds(1);
    await test.owner.query('update exchange.ko set token = $2 where melding_id = $1', [id, newId()]);
    await session.settle([{ delivery: delivery!, outcome: 'ack' }]);
    expect(await test.status(id)).toBe('PAA_KO');
    await client.subscription.end();
  });

  it('count consumers of every node', async () => {
    const one = await test.node();
    const two = await test.node();
    const { til } = await pair();
    const a = await listen(await test.login(one, til), til);
    const b = await listen(await test.login(two, til), til);
    const count = async () => (await (await test.login(one, til)).inspect(queueName(til.id))).consumerCount;
    await expect.poll(count).toBe(2);
    await b.subscription.end();
    await expect.poll(count).toBe(1);
    await a.subscription.end();
  });

  it('close a queue on every node: consumers are cancelled, senders told', async () => {
    const one = await test.node({ leaseMs: 400 });
    const two = await test.node({ leaseMs: 400 });
    const { fra, til } = await pair();
    const ids = [await test.send(fra, til, {}, two), await test.send(fra, til, {}, two)];
    const client = await listen(await test.login(two, til), til, { prefetch: 1 });
    const [held] = await client.holds(1);
    await withTransaction(test.ctx({ tenant: til.tenant }), (trx) => one.queues.close(trx, til));
    await expect.poll(() => client.cancelled).toBe(true);
    await client.settle('ack');
    expect(held!.messageId).toBe(ids[0]);
    for (const id of ids) expect(await test.status(id)).toBe('FEILET');
    const sender = await listen(await test.login(one, fra), fra);
    await sender.holds(2);
    expect(sender.held.map((delivery) => [delivery.headers.type, delivery.headers['svar-til']])).toEqual(
      ids.map((id) => [SERVERFEIL, id]),
    );
    await sender.settle('ack');
    await sender.subscription.end();
    expect(await test.waiting(til)).toBe(0);
  });
});

describe('isolation of messages', () => {
  it('shows a message, its history and its place to the two organisations only, and lets nobody write', async () => {
    const test = await queueTest();
    const fra = await test.konto();
    const til = await test.konto();
    const node = await test.node();
    const id = await test.send(fra, til, {}, node);
    const client = await listen(await test.login(node, til), til);
    await client.holds(1);
    await client.settle('requeue');
    await client.subscription.end();
    const visible = async (tenant: string | null) =>
      withTransaction(test.ctx({ tenant }), async (trx) => {
        const count = async (table: string, column: string) =>
          (await trx.pg.query(`select from exchange.${table} where ${column} = $1`, [id])).rowCount;
        return [
          await count('melding', 'id'),
          await count('hendelse', 'melding_id'),
          await count('ko', 'melding_id'),
          await count('melding_innhold', 'melding_id'),
        ];
      });
    expect(await visible(til.tenant)).toEqual([1, 1, 1, 1]);
    expect(await visible(fra.tenant)).toEqual([1, 1, 1, 0]);
    expect(await visible(newId())).toEqual([0, 0, 0, 0]);
    expect(await visible(null)).toEqual([0, 0, 0, 0]);
    const write = (sql: string) =>
      withTransaction(test.ctx({ tenant: til.tenant }), (trx) => trx.pg.query(sql));
    for (const table of ['melding', 'hendelse', 'ko', 'melding_innhold', 'konsument', 'node']) {
      await expect(write(`delete from exchange.${table}`)).rejects.toThrow(/permission denied/);
      await expect(write(`insert into exchange.${table} default values`)).rejects.toThrow(
        /permission denied/,
      );
    }
    // The inner function, which checks nothing, is of no use to the application role.
    await expect(
      write(`select exchange.ko_gjor_opp(array['${til.id}']::uuid[], '{1}', null, '{ack}', now())`),
    ).rejects.toThrow(/permission denied/);
    await test.close();
  });
});
