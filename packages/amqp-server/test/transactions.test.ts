import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { quiet, until } from './amqplib-client.ts';
import { type Fixture, QUEUE, startFixture } from './fixture.ts';
import { endRaw, openRawChannel, type RawClient } from './raw-client.ts';

let fixture: Fixture;
let client: RawClient;

beforeEach(async () => {
  fixture = await startFixture();
  client = await openRawChannel(fixture.port);
});
afterEach(async () => {
  await endRaw(client);
  await fixture.stop();
});

const ack = (deliveryTag: number, multiple = false) =>
  client.method(1, 'BasicAck', { deliveryTag, multiple });

async function ask(name: string, fields: Record<string, unknown> = {}): Promise<void> {
  client.method(1, name, fields);
  await client.take(`${name}Ok`);
}

/** In a transaction, with the first two of three messages in hand: the prefetch is two. */
async function twoInHand(): Promise<void> {
  await ask('TxSelect');
  await ask('BasicQos', { prefetchCount: 2 });
  fixture.broker.put(QUEUE, { id: '1' }, { id: '2' }, { id: '3' });
  await ask('BasicConsume', { queue: QUEUE, consumerTag: 'a' });
  await client.take('BasicDeliver');
  await client.take('BasicDeliver');
}

const delivered = () => client.frames.filter(({ name }) => name === 'BasicDeliver').length;

describe('a transaction', () => {
  it('holds answers, and their places in the prefetch, until it is committed', async () => {
    await twoInHand();
    ack(2, true);
    await quiet();
    expect([fixture.broker.outcomes, delivered()]).toEqual([[], 2]);
    await ask('TxCommit');
    expect(fixture.broker.outcomes).toEqual([
      { id: '1', outcome: 'ack' },
      { id: '2', outcome: 'ack' },
    ]);
    await until(() => delivered() === 3, 'the third');
  });

  it('keeps each answer as it was given', async () => {
    await twoInHand();
    client.method(1, 'BasicReject', { deliveryTag: 2, requeue: false });
    client.method(1, 'BasicNack', { deliveryTag: 1, requeue: true });
    await ask('TxCommit');
    expect(fixture.broker.outcomes).toEqual([
      { id: '2', outcome: 'reject' },
      { id: '1', outcome: 'requeue' },
    ]);
  });

  it('gives deliveries back to be answered anew when it is rolled back', async () => {
    await twoInHand();
    ack(2);
    ack(1);
    await ask('TxRollback');
    await ask('TxCommit');
    expect(fixture.broker.outcomes).toEqual([]);
    ack(1);
    ack(2);
    await ask('TxCommit');
    expect(fixture.broker.outcomes.map(({ id }) => id)).toEqual(['1', '2']);
  });

  it('refuses an answer given twice in it', async () => {
    await twoInHand();
    ack(1);
    ack(1);
    expect((await client.take('ChannelClose')).fields).toMatchObject({ replyCode: 406 });
    await until(() => fixture.broker.outcomes.length >= 2, 'given back');
    expect(fixture.broker.outcomes.map(({ outcome }) => outcome)).not.toContain('ack');
  });

  it('that is never committed counts for nothing when the channel ends', async () => {
    await twoInHand();
    ack(2, true);
    await ask('ChannelClose', { replyCode: 200, replyText: '', classId: 0, methodId: 0 });
    expect(fixture.broker.outcomes.slice(0, 2)).toEqual([
      { id: '1', outcome: 'requeue' },
      { id: '2', outcome: 'requeue' },
    ]);
  });

  it('is not committed when its answers cannot be stored', async () => {
    await twoInHand();
    ack(2, true);
    fixture.broker.failSettle = true;
    client.method(1, 'TxCommit');
    expect((await client.take('ConnectionClose')).fields).toMatchObject({ replyCode: 541 });
    await quiet();
    expect(client.frames.map(({ name }) => name)).not.toContain('TxCommitOk');
    fixture.broker.failSettle = false;
  });
});
