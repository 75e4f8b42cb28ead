import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { AmqpServer } from '@grunnmur/amqp-server';
import { connect, createInbox, openChannel, until } from '@grunnmur/amqp-server/testing';
import { objectKey } from '@grunnmur/kernel/storage';
import type { ChannelModel } from 'amqplib';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startAmqpFace } from '../routes/amqp-face.ts';
import type { QueueRoom } from '../service/queues/create-queues.ts';
import { queueName } from '../service/queues/queue-name.ts';
import { type Konto, SERVERFEIL } from '../types.ts';
import { type QueueTest, queueTest } from './queues-harness.ts';

// The AMQP face over the room's own queues on PostgreSQL, with amqplib as it is published.

let test: QueueTest;
let node: QueueRoom;
let server: AmqpServer;
let fra: Konto;
let til: Konto;
let models: ChannelModel[] = [];

const serve = (room: QueueRoom, port = 0) =>
  startAmqpFace(
    { broker: room.broker, log: pino({ level: 'silent' }), now: () => new Date(), version: 'test' },
    [{ port, host: '127.0.0.1' }],
    { closeMs: 1000 },
  );

beforeAll(async () => {
  test = await queueTest();
  node = await test.node();
  server = await serve(node);
});
beforeEach(async () => {
  fra = await test.konto();
  til = await test.konto();
});
afterEach(async () => {
  for (const model of models.splice(0)) await model.close().catch(() => undefined);
});
afterAll(async () => {
  await server.stop();
  await test.close();
});

async function client(konto: Konto, port = server.ports[0]!) {
  const model = await connect(port, { username: konto.integrasjonId, password: 'hemmelig token' });
  models.push(model);
  return { model, channel: await openChannel(model), inbox: createInbox() };
}

async function lose(model: ChannelModel): Promise<void> {
  models = models.filter((other) => other !== model);
  (model.connection as unknown as { stream: { destroy(): void } }).stream.destroy();
}

it('delivers in order what §3.4 says, and what is acknowledged is done', async () => {
  const { channel, inbox } = await client(til);
  await channel.prefetch(10);
  await channel.consume(queueName(til.id), inbox.receive);
  const sent: string[] = [];
  for (let n = 0; n < 30; n += 1) {
    const change = { innhold: Buffer.from(`nr ${n}`), headere: { klientMeldingId: `k${n}`, navn: 'blåbær' } };
    sent.push(await test.send(fra, til, change, node));
  }
  for (let n = 0; n < 30; n += 1) {
    const message = (await inbox.take())!;
    expect(message.content.toString()).toBe(`nr ${n}`);
    expect(message.fields).toMatchObject({
      redelivered: false,
      exchange: 'fiks-io.meldinger',
      routingKey: queueName(til.id),
    });
    expect(message.properties.headers).toMatchObject({
      'melding-id': sent[n],
      'avsender-id': fra.id,
      type: 'no.eksempel.melding',
      'egendefinert-header.klientMeldingId': `k${n}`,
      'egendefinert-header.navn': 'blåbær',
    });
    expect(Number(message.properties.expiration)).toBeGreaterThan(1000);
    channel.ack(message);
  }
  await expect.poll(() => test.waiting(til)).toBe(0);
  for (const id of sent) expect(await test.status(id)).toBe('KVITTERT');
});

it('streams a stored payload, and answers a message without one with an empty body', async () => {
  const { channel, inbox } = await client(til);
  await channel.consume(queueName(til.id), inbox.receive);
  const large = Buffer.alloc(4_000_000, 'grunnmur');
  const objekt = '019aaaaa-0000-7000-8000-00000000000a';
  await test.storage.put(objectKey(til.tenant, objekt), Readable.from([large]));
  await test.send(fra, til, { innhold: null, objekt, storrelse: large.length }, node);
  await test.send(fra, til, { innhold: null }, node);
  const first = (await inbox.take())!;
  expect(first.content.equals(large)).toBe(true);
  const second = (await inbox.take())!;
  expect(second.content.length).toBe(0);
  channel.ackAll();
  await expect.poll(() => test.waiting(til)).toBe(0);
});

it('gives a message again, unmarked, whose stored payload could not be opened since the store was away', async () => {
  const objekt = '019aaaaa-0000-7000-8000-00000000000b';
  await test.storage.put(objectKey(til.tenant, objekt), Readable.from([Buffer.from('her')]));
  await rename(test.objects, `${test.objects}-away`);
  const { channel, inbox, model } = await client(til);
  await channel.consume(queueName(til.id), inbox.receive);
  const id = await test.send(fra, til, { innhold: null, objekt, storrelse: 3 }, node);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(inbox.messages).toEqual([]);
  await rename(`${test.objects}-away`, test.objects);
  const message = (await inbox.take())!;
  expect([message.content.toString(), message.fields.redelivered]).toEqual(['her', false]);
  channel.ack(message);
  await expect.poll(() => test.status(id)).toBe('KVITTERT');
  expect(model.errors).toEqual([]);
});

it('ends a message whose payload is lost or damaged by itself: the connection and its neighbours stay', async () => {
  const sender = await client(fra);
  await sender.channel.consume(queueName(fra.id), sender.inbox.receive);
  const { channel, inbox, model } = await client(til);
  await channel.prefetch(20);
  await channel.consume(queueName(til.id), inbox.receive);
  const stored = async (nr: number, size: number) => {
    const objekt = `019aaaaa-0000-7000-8000-0000000000c${nr}`;
    const key = objectKey(til.tenant, objekt);
    await test.storage.put(key, Buffer.alloc(size, 'x'));
    const change = { innhold: null, objekt, storrelse: size };
    return { file: join(test.objects, key), send: () => test.send(fra, til, change, node) };
  };
  const large = await stored(1, 1_000_000);
  const small = await stored(2, 40_000);
  const lost = await stored(3, 40_000);
  for (const { file } of [large, small]) {
    const sealed = await readFile(file);
    sealed[sealed.length - 1]! ^= 1;
    await writeFile(file, sealed);
  }
  await rm(lost.file);
  const good: string[] = [];
  const bad: string[] = [];
  for (const damaged of [large, small, lost]) {
    good.push(await test.send(fra, til, {}, node));
    bad.push(await damaged.send());
    good.push(await test.send(fra, til, {}, node));
  }
  for (const id of bad) await expect.poll(() => test.status(id), { timeout: 15_000 }).toBe('FEILET');
  for (const id of bad)
    expect(await test.koder(id)).toEqual(['INNHOLD_SKADET', 'FEILET', 'SERVERFEIL_SENDT']);
  const received = [];
  for (let nr = 0; nr < good.length; nr++) received.push((await inbox.take())!);
  expect(received.map(({ properties }) => properties.messageId)).toEqual(good);
  expect(received.map(({ fields }) => fields.redelivered)).toEqual(good.map(() => false));
  channel.ackAll();
  for (const id of good) await expect.poll(() => test.status(id)).toBe('KVITTERT');
  const told = [await sender.inbox.take(), await sender.inbox.take(), await sender.inbox.take()];
  expect(told.map((message) => message!.properties.headers!.type)).toEqual([
    SERVERFEIL,
    SERVERFEIL,
    SERVERFEIL,
  ]);
  expect(told.map((message) => message!.properties.headers!['svar-til'])).toEqual(bad);
  expect(model.errors).toEqual([]);
});

it('counts, gets and cancels', async () => {
  const queue = queueName(til.id);
  const { channel, inbox } = await client(til);
  expect(await channel.checkQueue(queue)).toEqual({ queue, messageCount: 0, consumerCount: 0 });
  expect(await channel.get(queue)).toBe(false);
  const ids = [await test.send(fra, til, {}, node), await test.send(fra, til, {}, node)];
  const got = (await channel.get(queue)) || undefined;
  expect([got?.properties.messageId, got?.fields.messageCount]).toEqual([ids[0], 1]);
  channel.reject(got!, false);
  await expect.poll(() => test.status(ids[0]!)).toBe('AVVIST');
  const { consumerTag } = await channel.consume(queue, inbox.receive, { consumerTag: 'min' });
  const message = await inbox.take();
  expect(await channel.checkQueue(queue)).toMatchObject({ messageCount: 1, consumerCount: 1 });
  await channel.cancel(consumerTag);
  channel.ack(message!);
  await expect.poll(() => test.status(ids[1]!)).toBe('KVITTERT');
});

it('refuses the queues of others and those there are none of', async () => {
  const { channel, model } = await client(til);
  await expect(channel.checkQueue(queueName(fra.id))).rejects.toThrow(/403 \(ACCESS-REFUSED\)/);
  for (const queue of ['fiksio.konto.00000000-0000-4000-8000-000000000000', 'x', '']) {
    await expect((await openChannel(model)).checkQueue(queue)).rejects.toThrow(/404 \(NOT-FOUND\)/);
  }
});

it('gives a message up after three failed deliveries of different kinds, and tells the sender', async () => {
  const id = await test.send(fra, til, {}, node);
  const first = await client(til);
  await first.channel.consume(queueName(til.id), first.inbox.receive);
  const message = (await first.inbox.take())!;
  first.channel.nack(message, false, true);
  expect((await first.inbox.take())!.fields.redelivered).toBe(true);
  await lose(first.model);
  const second = await client(til);
  await second.channel.consume(queueName(til.id), second.inbox.receive);
  expect((await second.inbox.take())!.fields.redelivered).toBe(true);
  // As amqp-client does when a consumer throws (§3.4, last paragraph).
  await second.channel.close();
  await expect.poll(() => test.status(id)).toBe('FEILET');
  const sender = await client(fra);
  await sender.channel.consume(queueName(fra.id), sender.inbox.receive);
  const told = (await sender.inbox.take())!;
  expect(told.properties.headers).toMatchObject({ type: SERVERFEIL, 'svar-til': id });
  sender.channel.ack(told);
});

it('uses no attempt when the platform stops: the message comes again, marked', async () => {
  const other = await test.node();
  const own = await serve(other);
  await test.send(fra, til, {}, other);
  for (let restart = 0; restart < 4; restart += 1) {
    const face = restart === 0 ? own : await serve(other);
    const { channel, inbox } = await client(til, face.ports[0]!);
    await channel.consume(queueName(til.id), inbox.receive);
    expect((await inbox.take())!.fields.redelivered).toBe(restart > 0);
    models = [];
    await face.stop();
  }
  expect(await test.waiting(til)).toBe(1);
});

it('moves thousands of messages to several consumers, each once and in order for each', async () => {
  const total = 2000;
  for (let n = 0; n < total; n += 1) await test.send(fra, til, { innhold: Buffer.from(String(n)) });
  const received: number[][] = [[], [], []];
  for (const mine of received) {
    const { channel } = await client(til);
    await channel.prefetch(50);
    await channel.consume(queueName(til.id), (message) => {
      mine.push(Number(message!.content.toString()));
      channel.ack(message!);
    });
  }
  await until(() => received.flat().length === total, 'all', 25_000);
  expect(new Set(received.flat()).size).toBe(total);
  for (const mine of received) expect(mine).toEqual([...mine].sort((a, b) => a - b));
  await expect.poll(() => test.waiting(til), { timeout: 10_000 }).toBe(0);
});
