import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  connect,
  createInbox,
  INTEGRASJON,
  openChannel,
  PASSWORD,
  quiet,
  TOKEN,
  until,
} from './amqplib-client.ts';
import { type Fixture, OTHERS_QUEUE, QUEUE, startFixture } from './fixture.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const ids = (queue = QUEUE) => fixture.broker.waiting(queue).map(({ id }) => id);

describe('login', () => {
  it('lets an integration in, says what the server is, and shows the connection', async () => {
    const model = await connect(fixture.port, { name: 'fagsystem\u0007 9' });
    expect(model.connection.serverProperties).toMatchObject({
      product: 'Grunnmur',
      version: '1.2.3',
      capabilities: { 'basic.nack': true, consumer_cancel_notify: true, authentication_failure_close: true },
    });
    expect(fixture.server.connections()).toMatchObject([
      { name: 'fagsystem  9', address: '127.0.0.1', user: INTEGRASJON, tls: false, consumers: [] },
    ]);
    await model.close();
    await until(() => fixture.server.connections().length === 0, 'connection gone');
    expect(fixture.server.stats().connections).toBe(0);
  });

  it.each([
    ['wrong password', { password: `wrong ${TOKEN}` }],
    ['wrong token', { password: `${PASSWORD} expired` }],
    ['an unknown user', { username: '5d3e2c6a-0c0b-4a53-9a63-0f6f3bb1f009' }],
    ['a hundred spaces', { password: `${' '.repeat(100)}${TOKEN}` }],
  ])('refuses %s with 403, and leaves it to the host to log why', async (_, login) => {
    await expect(connect(fixture.port, login)).rejects.toThrow(
      /403 \(ACCESS-REFUSED\).*reason is in the log/,
    );
    expect(fixture.broker.logins).toHaveLength(1);
    expect(fixture.logged()).toEqual([]);
  });

  it('gives the password on unchanged, with all its spaces', async () => {
    const spaced = `${' '.repeat(100)}æ ø${' '.repeat(50)} ${TOKEN}`;
    await expect(connect(fixture.port, { password: spaced })).rejects.toThrow(/403/);
    expect(fixture.broker.logins).toEqual([
      { username: INTEGRASJON, password: spaced, address: '127.0.0.1' },
    ]);
  });

  it('knows one vhost', async () => {
    await expect(connect(fixture.port, { vhost: 'other' })).rejects.toThrow(/ConnectionClose/);
    expect(fixture.logged().map(({ reply }) => reply)).toContain(
      "NOT_ALLOWED - vhost 'other' does not exist",
    );
  });
});

describe('consume', () => {
  it('delivers in order with the properties and headers of §3.4, every header a long string', async () => {
    const model = await connect(fixture.port);
    const channel = await openChannel(model);
    const inbox = createInbox();
    const { consumerTag } = await channel.consume(QUEUE, inbox.receive);
    expect(consumerTag).toMatch(/^amq\.ctag-.{22}$/);
    fixture.broker.put(
      QUEUE,
      {
        id: 'a',
        body: Buffer.from('hei'),
        headers: { 'egendefinert-header.navn': 'blåbær 🫐' },
        expiration: '5000',
      },
      { id: 'b' },
    );
    const first = await inbox.take();
    expect(first!.content.toString()).toBe('hei');
    expect(first!.fields).toMatchObject({
      deliveryTag: 1,
      redelivered: false,
      exchange: 'fiks-io.meldinger',
      routingKey: QUEUE,
      consumerTag,
    });
    expect(first!.properties).toMatchObject({
      expiration: '5000',
      messageId: 'a',
      deliveryMode: 2,
      timestamp: 1_700_000_000,
      contentType: undefined,
      headers: { 'melding-id': 'a', type: 'test.melding', 'egendefinert-header.navn': 'blåbær 🫐' },
    });
    const second = await inbox.take();
    expect(second!.content.length).toBe(0);
    expect(second!.properties.expiration).toBeUndefined();
    expect(second!.fields.deliveryTag).toBe(2);
    channel.ack(first!);
    channel.ack(second!);
    await until(() => fixture.broker.outcomes.length === 2, 'acks');
    expect(ids()).toEqual([]);
    expect(fixture.server.connections()[0]!.consumers).toEqual([
      { queue: QUEUE, tag: consumerTag, unacked: 0 },
    ]);
    await model.close();
  });

  it('keeps a given tag, and refuses it twice with 530', async () => {
    const model = await connect(fixture.port);
    const channel = await openChannel(model);
    const { consumerTag } = await channel.consume(QUEUE, () => undefined, { consumerTag: 'min-tagg' });
    expect(consumerTag).toBe('min-tagg');
    await expect(channel.consume(QUEUE, () => undefined, { consumerTag: 'min-tagg' })).rejects.toThrow();
    await until(() => model.errors.length > 0, 'error');
    expect(model.errors[0]!.message).toMatch(/530 \(NOT-ALLOWED\)/);
  });

  it('holds to the prefetch, and goes on when answers come', async () => {
    const model = await connect(fixture.port);
    const channel = await openChannel(model);
    await channel.prefetch(2);
    const inbox = createInbox();
    fixture.broker.put(QUEUE, { id: '1' }, { id: '2' }, { id: '3' }, { id: '4' }, { id: '5' });
    await channel.consume(QUEUE, inbox.receive);
    const first = await inbox.take();
    const second = await inbox.take();
    await quiet();
    expect(inbox.messages.length).toBe(2);
    channel.ack(first!);
    await inbox.take();
    await quiet();
    expect(inbox.messages.length).toBe(3);
    channel.nack(second!, false, false);
    await inbox.take();
    expect(fixture.broker.outcomes).toEqual([
      { id: '1', outcome: 'ack' },
      { id: '2', outcome: 'reject' },
    ]);
    await model.close();
  });

  it('shares a global prefetch between the consumers of a channel', async () => {
    const model = await connect(fixture.port);
    const channel = await openChannel(model);
    await channel.prefetch(3, true);
    const inbox = createInbox();
    await channel.consume(QUEUE, inbox.receive);
    await channel.consume(QUEUE, inbox.receive);
    fixture.broker.put(QUEUE, ...['1', '2', '3', '4', '5'].map((id) => ({ id })));
    await until(() => inbox.messages.length === 3, 'three');
    await quiet();
    expect(inbox.messages.length).toBe(3);
    channel.ackAll();
    await until(() => inbox.messages.length === 5, 'all');
    await model.close();
  });

  it('gives consumers of one queue their turn', async () => {
    const model = await connect(fixture.port);
    const channel = await openChannel(model);
    const [one, two] = [createInbox(), createInbox()];
    await channel.consume(QUEUE, one.receive);
    await channel.consume(QUEUE, two.receive);
    fixture.broker.put(QUEUE, ...['1', '2', '3', '4'].map((id) => ({ id })));
    await until(() => one.messages.length + two.messages.length === 4, 'four');
    expect(one.messages.length).toBe(2);
    await model.close();
  });

  it('settles no-ack deliveries when they are written', async () => {
    const model = await connect(fixture.port);
    const channel = await openChannel(model);
    const inbox = createInbox();
    fixture.broker.put(QUEUE, { id: '1' }, { id: '2' });
    await channel.consume(QUEUE, inbox.receive, { noAck: true });
    await until(() => fixture.broker.outcomes.length === 2, 'settled');
    expect(inbox.messages.length).toBe(2);
    expect(fixture.server.connections()[0]!.unacked).toBe(0);
    await model.close();
  });

  it('splits large bodies by frame-max, from memory and from a stream', async () => {
    const large = Buffer.alloc(3_000_001, 'grunnmur ');
    const model = await connect(fixture.port, { frameMax: 4096 });
    const channel = await openChannel(model);
    const inbox = createInbox();
    fixture.broker.put(
      QUEUE,
      { id: '1', body: large },
      {
        id: '2',
        size: large.length,
        body: async () => Readable.from([large.subarray(0, 7), large.subarray(7)]),
      },
      { id: '3', body: Buffer.from('etter') },
    );
    await channel.consume(QUEUE, inbox.receive);
    expect((await inbox.take())!.content.equals(large)).toBe(true);
    expect((await inbox.take())!.content.equals(large)).toBe(true);
    expect((await inbox.take())!.content.toString()).toBe('etter');
    channel.ackAll();
    await until(() => ids().length === 0, 'acked');
    await model.close();
  });

  it('answers on a channel while another streams', async () => {
    const model = await connect(fixture.port);
    const [slow, quick] = [await openChannel(model), await openChannel(model)];
    const body = new Readable({ read: () => undefined });
    body.push('halv');
    fixture.broker.put(QUEUE, { id: '1', size: 6, body: async () => body });
    const inbox = createInbox();
    await slow.consume(QUEUE, inbox.receive);
    expect(await quick.checkQueue(QUEUE)).toMatchObject({ consumerCount: 1 });
    body.push('t!');
    body.push(null);
    expect((await inbox.take())!.content.toString()).toBe('halvt!');
    await model.close();
  });

  it('gives a message whose headers do not fit frame-max back, and goes on with the next', async () => {
    const model = await connect(fixture.port, { frameMax: 4096 });
    const channel = await openChannel(model);
    const inbox = createInbox();
    await channel.consume(QUEUE, inbox.receive);
    fixture.broker.put(QUEUE, { id: 'stor', headers: { x: 'x'.repeat(5000) } }, { id: 'neste' });
    expect((await inbox.take())!.properties.messageId).toBe('neste');
    await until(() => fixture.broker.dead.length === 1, 'given up after three attempts');
    expect(fixture.broker.dead).toEqual(['stor']);
    await model.close();
  });

  it('closes the connection when a body breaks off, and the message comes again', async () => {
    const model = await connect(fixture.port);
    const channel = await openChannel(model);
    let times = 0;
    const body = async () => {
      times += 1;
      return times === 1 ? Readable.from([Buffer.from('ab')]) : Readable.from([Buffer.from('abcd')]);
    };
    await channel.consume(QUEUE, () => undefined);
    fixture.broker.put(QUEUE, { id: '1', size: 4, body });
    await until(() => model.errors.length > 0, 'closed');
    expect(model.errors[0]!.message).toMatch(/541/);
    const again = await connect(fixture.port);
    const got = (await (await openChannel(again)).get(QUEUE)) || undefined;
    expect(got?.content.toString()).toBe('abcd');
    expect(got?.fields.redelivered).toBe(true);
    await again.close();
  });

  it('gives a message back as it was while its body cannot be opened', async () => {
    const model = await connect(fixture.port);
    const channel = await openChannel(model);
    let away = true;
    const body = async () => {
      if (away) throw new Error('storage is away');
      return Readable.from([Buffer.from('her')]);
    };
    const inbox = createInbox();
    await channel.consume(QUEUE, inbox.receive);
    fixture.broker.put(QUEUE, { id: '1', size: 3, body });
    await until(() => fixture.broker.outcomes.length === 2, 'tried twice');
    away = false;
    const message = await inbox.take();
    expect([message!.content.toString(), message!.fields.redelivered]).toEqual(['her', false]);
    expect(fixture.broker.waiting(QUEUE)).toEqual([{ id: '1', attempts: 0, leased: true }]);
    await model.close();
  });

  it('uses an attempt of what was begun only, when a connection is lost', async () => {
    const model = await connect(fixture.port);
    const channel = await openChannel(model);
    const body = async () => new Readable({ read: () => undefined });
    fixture.broker.put(QUEUE, { id: '1', size: 5, body }, { id: '2' }, { id: '3' });
    await channel.consume(QUEUE, () => undefined);
    await until(() => fixture.broker.waiting(QUEUE).every(({ leased }) => leased), 'all taken');
    await quiet(50);
    (model.connection as unknown as { stream: { destroy(): void } }).stream.destroy();
    await until(() => fixture.broker.outcomes.length === 3, 'given back');
    expect(fixture.broker.waiting(QUEUE).map(({ attempts }) => attempts)).toEqual([1, 0, 0]);
  });

  it('refuses unknown and others’ queues by closing the channel only', async () => {
    const model = await connect(fixture.port);
    const unknown = await openChannel(model);
    await expect(unknown.consume('fiksio.konto.finnes-ikke', () => undefined)).rejects.toThrow(
      /404 \(NOT-FOUND\)/,
    );
    const refused = await openChannel(model);
    await expect(refused.consume(OTHERS_QUEUE, () => undefined)).rejects.toThrow(/403 \(ACCESS-REFUSED\)/);
    const channel = await openChannel(model);
    expect(await channel.checkQueue(QUEUE)).toMatchObject({
      queue: QUEUE,
      messageCount: 0,
      consumerCount: 0,
    });
    await model.close();
  });

  it('keeps exclusive consumers alone', async () => {
    const model = await connect(fixture.port);
    const first = await openChannel(model);
    const { consumerTag } = await first.consume(QUEUE, () => undefined, { exclusive: true });
    const second = await openChannel(model);
    await expect(second.consume(QUEUE, () => undefined)).rejects.toThrow(/403.*exclusive/);
    await first.cancel(consumerTag);
    const third = await openChannel(model);
    await third.consume(QUEUE, () => undefined);
    const fourth = await openChannel(model);
    await expect(fourth.consume(QUEUE, () => undefined, { exclusive: true })).rejects.toThrow(
      /403.*exclusive/,
    );
    await model.close();
  });
});
