import { withTransaction } from '@grunnmur/kernel/db';
import { rabbitmqIsMissing } from '@grunnmur/kernel/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queueName } from '../service/queues/queue-name.ts';
import { SERVERFEIL } from '../types.ts';
import { becomes, consume, PASSWORD, type RabbitmqTest, rabbitmqTest } from './rabbitmq-harness.ts';

describe('clients of RabbitMQ', { timeout: 60_000 }, () => {
  const missing = rabbitmqIsMissing();
  let test: RabbitmqTest;
  beforeAll(async () => {
    if (!missing) test = await rabbitmqTest();
  }, 120_000);
  afterAll(() => test?.close());

  it('are let in with password and token, and with nothing else', async ({ skip }) => {
    if (missing) skip();
    const konto = await test.queues.konto();
    await (await test.connect(konto)).close();
    for (const wrong of ['hemmelig feil', 'feil token', 'hemmelig', `${PASSWORD} `, ' '.repeat(100)])
      await expect(test.connect(konto, wrong), wrong).rejects.toThrow(/ACCESS_REFUSED|ACCESS-REFUSED|403/);
    await expect(test.connect({ ...konto, integrasjonId: konto.id })).rejects.toThrow(/403|ACCESS/);
  });

  it('may read their own queue, and do nothing else', async ({ skip }) => {
    if (missing) skip();
    const konto = await test.queues.konto();
    const other = await test.queues.konto();
    await (await consume(await test.connect(other), other)).channel.close();
    const model = await test.connect(konto);
    const refused = async (
      work: (channel: Awaited<ReturnType<typeof model.createChannel>>) => Promise<unknown>,
    ) => {
      const channel = await model.createChannel();
      const closed = new Promise<Error>((resolve) => channel.once('error', resolve));
      void work(channel).catch(() => {});
      expect(String(await closed)).toMatch(/403/);
    };
    await refused((channel) => channel.consume(queueName(other.id), () => {}));
    await refused((channel) => channel.get('fiks-io.dode'));
    await refused((channel) => channel.purgeQueue(queueName(other.id)));
    await refused((channel) => channel.assertQueue('ny'));
    await refused((channel) => channel.deleteQueue(queueName(konto.id)));
    await refused((channel) => channel.assertExchange('ny', 'direct'));
    await refused((channel) => channel.bindQueue(queueName(konto.id), 'amq.fanout', ''));
    await refused(async (channel) =>
      channel.publish('fiks-io.meldinger', queueName(other.id), Buffer.from('x')),
    );
    await refused(async (channel) => channel.publish('', queueName(other.id), Buffer.from('x')));
    await refused((channel) => channel.consume('fiksio.konto.finnes-ikke', () => {}));
    // Its own is there from the first time that it asks, and still open after all that.
    const client = await consume(model, konto);
    const id = await test.send(other, konto);
    await expect.poll(client.ids, { timeout: 10_000 }).toEqual([id]);
  });

  it('and what waits for them are counted live', async ({ skip }) => {
    if (missing) skip();
    const { queues, node } = test;
    const fra = await queues.konto();
    const til = await queues.konto();
    const counts = async () => (await node.queues.counts(queues.ctx(), [til.id])).get(til.id);
    expect(await counts()).toEqual({ antallKonsumenter: 0, antallUavhentedeMeldinger: 0 });
    for (let n = 0; n < 5; n++) await test.send(fra, til);
    await expect
      .poll(counts, { timeout: 10_000 })
      .toEqual({ antallKonsumenter: 0, antallUavhentedeMeldinger: 5 });
    const model = await test.connect(til);
    const client = await consume(model, til, () => {}, 3);
    await consume(model, til, () => {}, 1);
    await expect.poll(() => client.seen.length, { timeout: 10_000 }).toBe(3);
    expect(await counts()).toEqual({ antallKonsumenter: 2, antallUavhentedeMeldinger: 5 });
    client.channel.ackAll();
    await expect
      .poll(counts, { timeout: 20_000 })
      .toEqual({ antallKonsumenter: 2, antallUavhentedeMeldinger: 2 });
  });

  it('are cancelled when their konto is closed, and what waited has failed', async ({ skip }) => {
    if (missing) skip();
    const { queues, node } = test;
    const fra = await queues.konto();
    const til = await queues.konto();
    const client = await consume(await test.connect(til), til, () => {});
    const ids = [await test.send(fra, til), await test.send(fra, til)];
    await expect.poll(() => client.seen.length, { timeout: 10_000 }).toBe(2);
    await withTransaction(queues.ctx({ tenant: til.tenant }), (trx) => node.queues.close(trx, til));
    await expect.poll(client.cancelled, { timeout: 10_000 }).toBe(true);
    for (const id of ids) await becomes(test, id, 'FEILET');
    const sender = await consume(await test.connect(fra), fra);
    await expect.poll(() => sender.seen.length, { timeout: 10_000 }).toBe(2);
    expect(sender.seen.map(({ properties }) => properties.headers?.type)).toEqual([SERVERFEIL, SERVERFEIL]);
    expect(sender.seen.map(({ properties }) => properties.headers?.['svar-til'])).toEqual(ids);
  });

  it('are served by several nodes at once, each konto in its order', async ({ skip }) => {
    if (missing) skip();
    const { queues } = test;
    const other = await test.addNode();
    const fra = await queues.konto();
    const til = await queues.konto();
    const client = await consume(await test.connect(til), til, undefined, 100);
    const ids: string[] = [];
    for (let n = 0; n < 200; n++) ids.push(await queues.send(fra, til, {}, n % 2 ? test.node : other));
    await expect.poll(() => client.seen.length, { timeout: 20_000 }).toBe(200);
    expect(client.ids()).toEqual(ids);
  });
});
