import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect, createInbox, OTHER, openChannel, quiet, until } from './amqplib-client.ts';
import { type Fixture, OTHERS_QUEUE, QUEUE, startFixture } from './fixture.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const ids = (queue = QUEUE) => fixture.broker.waiting(queue).map(({ id }) => id);

describe('answers', () => {
  it('takes multiple acks and nacks, and gives requeued messages again, marked', async () => {
    const model = await connect(fixture.port);
    const channel = await openChannel(model);
    const inbox = createInbox();
    await channel.consume(QUEUE, inbox.receive);
    fixture.broker.put(QUEUE, ...['1', '2', '3', '4'].map((id) => ({ id })));
    await until(() => inbox.messages.length === 4, 'four');
    channel.ack(inbox.messages[1]!, true);
    channel.nack(inbox.messages[3]!, true, true);
    await until(() => inbox.messages.length === 6, 'again');
    expect(inbox.messages.slice(4).map((m) => [m!.properties.messageId, m!.fields.redelivered])).toEqual([
      ['3', true],
      ['4', true],
    ]);
    channel.reject(inbox.messages[4]!, false);
    channel.reject(inbox.messages[5]!, true);
    await until(() => inbox.messages.length === 7, 'and again');
    expect(fixture.broker.outcomes).toEqual([
      { id: '1', outcome: 'ack' },
      { id: '2', outcome: 'ack' },
      { id: '3', outcome: 'requeue' },
      { id: '4', outcome: 'requeue' },
      { id: '3', outcome: 'reject' },
      { id: '4', outcome: 'requeue' },
    ]);
    await model.close();
  });

  it.each(['ack', 'ackMultiple', 'nack', 'reject', 'twice'])(
    'closes the channel with 406 on an unknown tag: %s',
    async (how) => {
      const model = await connect(fixture.port);
      const channel = await openChannel(model);
      const inbox = createInbox();
      await channel.consume(QUEUE, inbox.receive);
      fixture.broker.put(QUEUE, { id: '1' });
      const message = (await inbox.take())!;
      const unknown = { ...message, fields: { ...message.fields, deliveryTag: 99 } };
      if (how === 'ack') channel.ack(unknown);
      if (how === 'ackMultiple') channel.ack(unknown, true);
      if (how === 'nack') channel.nack(unknown, true, true);
      if (how === 'reject') channel.reject(unknown);
      if (how === 'twice') {
        channel.ack(message);
        channel.ack(message);
      }
      await until(() => channel.errors.length > 0, 'channel error');
      expect(channel.errors[0]!.message).toMatch(/406 \(PRECONDITION-FAILED\).*unknown delivery tag/);
      expect(model.errors).toEqual([]);
      await until(() => fixture.broker.outcomes.length === 1, 'settled');
      expect(fixture.broker.outcomes).toEqual([{ id: '1', outcome: how === 'twice' ? 'ack' : 'requeue' }]);
      await model.close();
    },
  );

  it('requeues on recover, and counts an attempt', async () => {
    const model = await connect(fixture.port);
    const channel = await openChannel(model);
    const inbox = createInbox();
    await channel.consume(QUEUE, inbox.receive);
    fixture.broker.put(QUEUE, { id: '1' }, { id: '2' });
    await until(() => inbox.messages.length === 2, 'two');
    await channel.recover();
    await until(() => inbox.messages.length === 4, 'again');
    expect(fixture.broker.waiting(QUEUE).map(({ attempts }) => attempts)).toEqual([1, 1]);
    await model.close();
  });

  it('takes back what a closed channel had, as requeued', async () => {
    const model = await connect(fixture.port);
    const channel = await openChannel(model);
    const inbox = createInbox();
    await channel.consume(QUEUE, inbox.receive);
    fixture.broker.put(QUEUE, { id: '1' });
    await inbox.take();
    await channel.close();
    expect(fixture.broker.outcomes).toEqual([{ id: '1', outcome: 'requeue' }]);
    expect(fixture.broker.waiting(QUEUE)).toEqual([{ id: '1', attempts: 1, leased: false }]);
    await model.close();
  });

  it('gives up after three lost connections', async () => {
    fixture.broker.put(QUEUE, { id: '1' });
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const model = await connect(fixture.port);
      const inbox = createInbox();
      await (await openChannel(model)).consume(QUEUE, inbox.receive);
      expect((await inbox.take())!.fields.redelivered).toBe(attempt > 1);
      (model.connection as unknown as { stream: { destroy(): void } }).stream.destroy();
      await until(() => fixture.broker.outcomes.length === attempt, 'lost');
    }
    expect(fixture.broker.outcomes.map(({ outcome }) => outcome)).toEqual(Array(3).fill('connection_lost'));
    expect(fixture.broker.dead).toEqual(['1']);
  });

  it('closes the connection when answers cannot be stored', async () => {
    const model = await connect(fixture.port);
    const channel = await openChannel(model);
    const inbox = createInbox();
    await channel.consume(QUEUE, inbox.receive);
    fixture.broker.put(QUEUE, { id: '1' });
    const message = await inbox.take();
    fixture.broker.failSettle = true;
    channel.ack(message!);
    await until(() => model.errors.length > 0, 'closed');
    expect(model.errors[0]!.message).toMatch(/541/);
    expect(ids()).toEqual(['1']);
    fixture.broker.failSettle = false;
  });
});

describe('get', () => {
  it('gives one message with what is left, or tells that there is none', async () => {
    const model = await connect(fixture.port);
    const channel = await openChannel(model);
    expect(await channel.get(QUEUE)).toBe(false);
    fixture.broker.put(QUEUE, { id: '1', body: Buffer.from('én') }, { id: '2' }, { id: '3' });
    const got = (await channel.get(QUEUE)) || undefined;
    expect([got?.content.toString(), got?.fields.messageCount, got?.properties.messageId]).toEqual([
      'én',
      2,
      '1',
    ]);
    const direct = (await channel.get(QUEUE, { noAck: true })) || undefined;
    expect(direct?.properties.messageId).toBe('2');
    if (got) channel.ack(got);
    await until(() => fixture.broker.outcomes.length === 2, 'settled');
    expect(ids()).toEqual(['3']);
    await expect(channel.get(OTHERS_QUEUE)).rejects.toThrow(/403/);
    await model.close();
  });
});

describe('cancel', () => {
  it('stops delivering after cancel-ok and leaves what the client has', async () => {
    const model = await connect(fixture.port);
    const channel = await openChannel(model);
    const inbox = createInbox();
    const { consumerTag } = await channel.consume(QUEUE, inbox.receive);
    fixture.broker.put(QUEUE, { id: '1' });
    const first = await inbox.take();
    await channel.cancel(consumerTag);
    fixture.broker.put(QUEUE, { id: '2' });
    await quiet();
    expect(inbox.messages.length).toBe(1);
    channel.ack(first!);
    await until(() => fixture.broker.outcomes.length === 1, 'acked');
    expect(fixture.broker.waiting(QUEUE)).toEqual([{ id: '2', attempts: 0, leased: false }]);
    await channel.cancel('ukjent');
    await model.close();
  });

  it('tells consumers when their queue is deleted', async () => {
    const model = await connect(fixture.port);
    const channel = await openChannel(model);
    const inbox = createInbox();
    await channel.consume(QUEUE, inbox.receive);
    fixture.broker.deleteQueue(QUEUE);
    expect(await inbox.take()).toBe(null);
    await expect(channel.checkQueue(QUEUE)).rejects.toThrow(/404/);
    expect(fixture.server.connections()[0]!.consumers).toEqual([]);
    await model.close();
  });
});

describe('what is not a client’s to do', () => {
  it('declares nothing, but tells what exists', async () => {
    const model = await connect(fixture.port);
    const channel = await openChannel(model);
    expect(
      await channel.assertQueue(QUEUE, { durable: false, arguments: { 'x-anything': [1, { a: null }] } }),
    ).toMatchObject({
      queue: QUEUE,
    });
    await channel.checkExchange('fiks-io.meldinger');
    await expect(channel.assertQueue('ny.kø')).rejects.toThrow(/403/);
    await expect((await openChannel(model)).assertQueue('', { exclusive: true })).rejects.toThrow(/403/);
    await (await openChannel(model)).checkExchange('amq.direct');
    await expect((await openChannel(model)).checkExchange('ukjent')).rejects.toThrow(/404/);
    await expect((await openChannel(model)).assertExchange('fiks-io.meldinger', 'direct')).rejects.toThrow(
      /403/,
    );
    await expect((await openChannel(model)).bindQueue(QUEUE, 'fiks-io.meldinger', QUEUE)).rejects.toThrow(
      /403/,
    );
    await expect((await openChannel(model)).deleteQueue(QUEUE)).rejects.toThrow(/403/);
    await expect((await openChannel(model)).purgeQueue(QUEUE)).rejects.toThrow(/403/);
    await model.close();
  });

  it('refuses publishing with 403 and discards the content', async () => {
    const model = await connect(fixture.port);
    const channel = await openChannel(model);
    channel.publish('fiks-io.meldinger', QUEUE, Buffer.alloc(500_000), { headers: { a: 1 } });
    await until(() => channel.errors.length > 0, 'refused');
    expect(channel.errors[0]!.message).toMatch(/403 \(ACCESS-REFUSED\).*HTTP/);
    await (await openChannel(model)).checkQueue(QUEUE);
    expect(model.errors).toEqual([]);
    await model.close();
  });

  it('lets a client receive on a channel in confirm mode, and refuses what it publishes there', async () => {
    const model = await connect(fixture.port);
    expect(model.connection.serverProperties).toMatchObject({ capabilities: { publisher_confirms: true } });
    const channel = await model.createConfirmChannel();
    const closed = new Promise<Error>((resolve) => channel.once('error', resolve));
    const inbox = createInbox();
    await channel.consume(QUEUE, inbox.receive);
    fixture.broker.put(QUEUE, { id: '1' });
    channel.ack((await inbox.take())!);
    await until(() => fixture.broker.outcomes.length === 1, 'acked');
    channel.publish('fiks-io.meldinger', QUEUE, Buffer.from('x'));
    expect((await closed).message).toMatch(/403 \(ACCESS-REFUSED\).*HTTP/);
    expect(model.errors).toEqual([]);
    await model.close();
  });
});

it('lets nobody claim the queue of another', async () => {
  const mine = await connect(fixture.port);
  const theirs = await connect(fixture.port, { username: OTHER });
  const attempts = Promise.allSettled(
    Array.from({ length: 20 }, async () => {
      await (await openChannel(theirs)).consume(QUEUE, () => undefined, { exclusive: true });
    }),
  );
  await (await openChannel(mine)).consume(QUEUE, () => undefined, { exclusive: true });
  for (const result of await attempts) {
    expect(result).toMatchObject({ status: 'rejected', reason: { message: expect.stringMatching(/403/) } });
  }
  await mine.close();
  await theirs.close();
});

it('keeps two integrations apart', async () => {
  const [mine, theirs] = [await connect(fixture.port), await connect(fixture.port, { username: OTHER })];
  const [a, b] = [createInbox(), createInbox()];
  await (await openChannel(mine)).consume(QUEUE, a.receive);
  await (await openChannel(theirs)).consume(OTHERS_QUEUE, b.receive);
  fixture.broker.put(QUEUE, { id: 'a' });
  fixture.broker.put(OTHERS_QUEUE, { id: 'b' });
  expect((await a.take())!.properties.messageId).toBe('a');
  expect((await b.take())!.properties.messageId).toBe('b');
  await mine.close();
  await theirs.close();
});
