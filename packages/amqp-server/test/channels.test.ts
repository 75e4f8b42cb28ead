import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connect, openChannel, quiet, until } from './amqplib-client.ts';
import { type Fixture, QUEUE, startFixture } from './fixture.ts';
import { encode, endRaw, frame, openRawChannel, type RawClient } from './raw-client.ts';

let fixture: Fixture;
let client: RawClient | undefined;

beforeAll(async () => {
  fixture = await startFixture({
    limits: { maxConsumersPerChannel: 3, closeMs: 1500, maxUnackedPerChannel: 4 },
  });
});
afterEach(async () => {
  if (client) await endRaw(client);
  // Whatever a test did, others are served as before.
  const model = await connect(fixture.port);
  await (await openChannel(model)).checkQueue(QUEUE);
  await model.close();
  await until(() => fixture.server.connections().length === 0, 'nothing left behind');
});
afterAll(() => fixture.stop());

async function closesWith(name: string, code: number, text: RegExp): Promise<void> {
  const close = await client!.take(name);
  expect(close.fields).toMatchObject({ replyCode: code, replyText: expect.stringMatching(text) });
}

describe('channels', () => {
  it('ignores what was on its way when a channel closes, and lets its number be used again', async () => {
    client = await openRawChannel(fixture.port);
    client.write(
      encode(1, 'BasicPublish', {}),
      frame(2, 1, Buffer.alloc(14)),
      frame(3, 1, Buffer.alloc(5000)),
      encode(1, 'BasicAck', { deliveryTag: 5 }),
      encode(1, 'BasicPublish', {}),
    );
    await client.take('ChannelClose');
    client.method(1, 'ChannelCloseOk');
    client.method(1, 'ChannelOpen');
    await client.take('ChannelOpenOk');
    client.method(1, 'QueueDeclare', { queue: QUEUE, passive: true });
    await client.take('QueueDeclareOk');
  });

  it('answers a close that crosses its own, whether or not the client answers ours', async () => {
    client = await openRawChannel(fixture.port);
    const close = encode(1, 'ChannelClose', { replyCode: 200, replyText: 'ok', classId: 0, methodId: 0 });
    client.write(encode(1, 'BasicAck', { deliveryTag: 5 }), close);
    await client.take('ChannelClose');
    await client.take('ChannelCloseOk');
    client.method(1, 'ChannelCloseOk');
    client.method(1, 'ChannelOpen');
    await client.take('ChannelOpenOk');
    client.write(encode(1, 'BasicAck', { deliveryTag: 5 }), close, encode(1, 'ChannelOpen'));
    await client.take('ChannelOpenOk');
    client.write(encode(1, 'ChannelCloseOk'));
    await quiet();
    expect(client.ended()).toBe(false);
  });

  it('keeps the order of methods behind one that waits for the broker', async () => {
    client = await openRawChannel(fixture.port);
    client.write(
      encode(1, 'QueueDeclare', { queue: QUEUE, passive: true }),
      encode(1, 'BasicQos', { prefetchCount: 1 }),
      encode(1, 'BasicConsume', { queue: '', consumerTag: 'c' }),
      encode(1, 'ChannelFlow', { active: true }),
      encode(1, 'BasicCancel', { consumerTag: 'c' }),
      encode(1, 'ChannelClose', { replyCode: 200, replyText: '', classId: 0, methodId: 0 }),
    );
    await client.take('ChannelCloseOk');
    expect(client.frames.slice(-6).map(({ name }) => name)).toEqual([
      'QueueDeclareOk',
      'BasicQosOk',
      'BasicConsumeOk',
      'ChannelFlowOk',
      'BasicCancelOk',
      'ChannelCloseOk',
    ]);
  });

  it('answers thousands of questions sent at once', async () => {
    client = await openRawChannel(fixture.port);
    const question = encode(1, 'QueueDeclare', { queue: QUEUE, passive: true });
    client.write(Buffer.concat(Array.from({ length: 5000 }, () => question)));
    await until(
      () => client!.frames.filter(({ name }) => name === 'QueueDeclareOk').length === 5000,
      'all',
      20_000,
    );
  });

  it('limits consumers', async () => {
    client = await openRawChannel(fixture.port);
    for (let n = 0; n < 4; n += 1) client.method(1, 'BasicConsume', { queue: QUEUE });
    await closesWith('ChannelClose', 406, /more than 3 consumers/);
    client.method(1, 'ChannelCloseOk');
  });

  it('sends no replies to no-wait', async () => {
    client = await openRawChannel(fixture.port);
    client.method(1, 'BasicConsume', { queue: QUEUE, consumerTag: 'c', nowait: true });
    client.method(1, 'BasicCancel', { consumerTag: 'c', nowait: true });
    client.method(1, 'QueueDeclare', { queue: QUEUE, passive: true, nowait: true });
    client.method(1, 'BasicQos', {});
    await client.take('BasicQosOk');
    expect(client.frames.at(-2)!.name).toBe('ChannelOpenOk');
  });

  it('stops and starts the flow of deliveries', async () => {
    client = await openRawChannel(fixture.port);
    client.method(1, 'BasicConsume', { queue: QUEUE, noAck: true });
    client.method(1, 'ChannelFlow', { active: false });
    await client.take('ChannelFlowOk');
    fixture.broker.put(QUEUE, { id: 'flow' });
    await quiet();
    expect(client.frames.some(({ name }) => name === 'BasicDeliver')).toBe(false);
    client.method(1, 'ChannelFlow', { active: true });
    await client.take('BasicDeliver');
    await until(() => fixture.broker.waiting(QUEUE).length === 0, 'settled');
  });

  it('bounds what a consumer that never answers is given, and basic.get likewise', async () => {
    client = await openRawChannel(fixture.port);
    client.method(1, 'BasicConsume', { queue: QUEUE });
    fixture.broker.put(QUEUE, ...Array.from({ length: 10 }, (_, n) => ({ id: `m${n}` })));
    for (let n = 0; n < 4; n += 1) await client.take('BasicDeliver');
    await quiet();
    expect(client.frames.filter(({ name }) => name === 'BasicDeliver').length).toBe(4);
    client.method(1, 'BasicGet', { queue: QUEUE });
    await closesWith('ChannelClose', 406, /too many unacknowledged/);
    await until(() => fixture.broker.waiting(QUEUE).every(({ leased }) => !leased), 'given back');
    client.method(1, 'ChannelCloseOk');
    client.method(1, 'ChannelOpen');
    for (let n = 0; n < 10; n += 1) client.method(1, 'BasicGet', { queue: QUEUE, noAck: true });
    await until(() => fixture.broker.waiting(QUEUE).length === 0, 'emptied');
  });
});
