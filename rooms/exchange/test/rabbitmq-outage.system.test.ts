import { setTimeout as sleep } from 'node:timers/promises';
import { rabbitmqIsMissing } from '@grunnmur/kernel/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takeBackFromRabbitmq } from '../service/broker-mode/take-back.ts';
import { TIDSAVBRUDD } from '../types.ts';
import { listen } from './queues-harness.ts';
import { becomes, consume, type RabbitmqTest, rabbitmqTest } from './rabbitmq-harness.ts';

async function untilConnected<T>(connect: () => Promise<T>): Promise<T> {
  for (let left = 1000; ; left--) {
    try {
      return await connect();
    } catch (error) {
      if (left === 0) throw error;
      await sleep(20);
    }
  }
}

describe('a RabbitMQ that goes away', { timeout: 90_000 }, () => {
  const missing = rabbitmqIsMissing();
  let test: RabbitmqTest;
  beforeAll(async () => {
    if (!missing) test = await rabbitmqTest();
  }, 120_000);
  afterAll(() => test?.close());

  it('leaves messages in the outbox: they are handed over in order when it is back, or expire on time', async ({
    skip,
  }) => {
    if (missing) skip();
    const { queues, rabbitmq } = test;
    const fra = await queues.konto();
    const til = await queues.konto();
    const before = [await test.send(fra, til), await test.send(fra, til)];
    await expect.poll(() => queues.waiting(til), { timeout: 10_000 }).toBe(0);
    await rabbitmq.kill();
    const after: string[] = [];
    for (let n = 0; n < 20; n++) after.push(await test.send(fra, til));
    const late = await test.send(fra, til, { ttl_ms: 1000 });
    await becomes(test, late, 'UTLOPT');
    expect(await queues.koder(late)).toEqual(['UTLOPT', 'TIDSAVBRUDD_SENDT']);
    expect(await queues.waiting(til)).toBe(20);
    expect((await test.node.queues.counts(queues.ctx(), [til.id])).get(til.id)).toEqual({
      antallKonsumenter: 0,
      antallUavhentedeMeldinger: 22,
    });
    await rabbitmq.start();
    await expect.poll(() => queues.waiting(til), { timeout: 30_000 }).toBe(0);
    const client = await consume(await test.connect(til), til);
    await expect.poll(() => client.seen.length, { timeout: 10_000 }).toBe(22);
    expect(client.ids()).toEqual([...before, ...after]);
    const sender = await consume(await test.connect(fra), fra);
    await expect.poll(() => sender.seen.length, { timeout: 10_000 }).toBe(1);
    expect(sender.seen[0]!.properties.headers).toMatchObject({ type: TIDSAVBRUDD, 'svar-til': late });
    for (const id of [before[0]!, after.at(-1)!]) await becomes(test, id, 'KVITTERT', 40_000);
  });

  it('marks what it delivers again when it is stopped', async ({ skip }) => {
    if (missing) skip();
    const { queues, rabbitmq } = test;
    const fra = await queues.konto();
    const til = await queues.konto();
    const id = await test.send(fra, til);
    const first = await consume(await test.connect(til), til, () => {});
    await expect.poll(first.ids, { timeout: 10_000 }).toEqual([id]);
    await rabbitmq.shutDown();
    await rabbitmq.start();
    const second = await consume(await test.connect(til), til);
    await expect.poll(second.ids, { timeout: 10_000 }).toEqual([id]);
    expect(second.seen[0]!.fields.redelivered).toBe(true);
  });

  it('gives out again what a consumer had, marked, before what comes after it, when it was killed', async ({
    skip,
  }) => {
    if (missing) skip();
    const { queues, rabbitmq } = test;
    const fra = await queues.konto();
    const til = await queues.konto();
    const ids: string[] = [];
    for (let n = 0; n < 30; n++) ids.push(await test.send(fra, til));
    await expect.poll(() => queues.waiting(til), { timeout: 10_000 }).toBe(0);
    const first = await consume(await test.connect(til), til, () => {});
    await expect.poll(() => first.ids().length, { timeout: 10_000 }).toBe(10);
    await rabbitmq.kill();
    const started = rabbitmq.start();
    // At the first moment possible, when the queue does not know yet that the first consumer is gone.
    const second = await consume(await untilConnected(() => test.connect(til)), til);
    await started;
    await expect.poll(() => second.ids().length, { timeout: 20_000 }).toBe(30);
    expect(second.ids()).toEqual(ids);
    expect(second.seen.map(({ fields }) => fields.redelivered)).toEqual(ids.map((_, place) => place < 10));
  });

  it('gives up its messages to the platform, which delivers them itself, marked', async ({ skip }) => {
    if (missing) skip();
    const { queues, node } = test;
    const fra = await queues.konto();
    const til = await queues.konto();
    const ids = [await test.send(fra, til), await test.send(fra, til)];
    await expect.poll(() => queues.waiting(til), { timeout: 10_000 }).toBe(0);
    await node.stop();
    await takeBackFromRabbitmq(queues.db, queues.ctx().log);
    const builtIn = await queues.node();
    const client = await listen(await queues.login(builtIn, til), til);
    await client.holds(2);
    expect(client.ids()).toEqual(ids);
    expect(client.held.map(({ redelivered }) => redelivered)).toEqual([true, true]);
    await client.settle('ack');
    expect(await queues.koder(ids[0]!)).toEqual(['OVERFORT', 'KVITTERT']);
  });
});
