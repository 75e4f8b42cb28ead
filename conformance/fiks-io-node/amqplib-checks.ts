import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { type Channel, type ChannelModel, type ConsumeMessage, connect, credentials } from 'amqplib';
import { accountOf, openExchangeClient } from '../kit/fiks-io-client.ts';
import { eventually, type Suite } from '../kit/suite-side.ts';
import { createInbox, type Inbox } from './inbox.ts';

const TYPE = 'no.grunnmur.prove.v1.melding';

/** The queues as `amqplib` sees them: all of AMQP that a consumer needs, and what must be refused. */
export async function amqplibChecks(suite: Suite): Promise<void> {
  const { access, check } = suite;
  const { baseUrl } = suite.input;
  const a = openExchangeClient(access, baseUrl, 0);
  const b = openExchangeClient(access, baseUrl, 1);
  const { konto, integration } = accountOf(access, 1);
  const stranger = accountOf(access, 0);
  const queue = `fiksio.konto.${konto.kontoId}`;
  const amqp = access.amqp;
  assert.ok(amqp);

  const open = async (password?: string): Promise<ChannelModel> => {
    const model = await connect(
      { protocol: 'amqps', hostname: amqp.host, port: amqp.tlsPort ?? 0, heartbeat: 10 },
      {
        ca: [amqp.caPem],
        credentials: credentials.plain(
          integration.integrasjonId,
          password ?? `${integration.integrasjonPassord} ${await b.token()}`,
        ),
        clientProperties: { connection_name: 'amqplib conformance' },
      },
    );
    model.on('error', () => {});
    return model;
  };
  /** A connection and a channel for one check. */
  const withChannel = async (body: (channel: Channel) => Promise<void>) => {
    const model = await open();
    try {
      const channel = await model.createChannel();
      channel.on('error', () => {});
      await body(channel);
    } finally {
      await model.close().catch(() => {});
    }
  };
  const send = async () => (await a.send({ to: konto.kontoId, type: TYPE })).meldingId;
  const empty = async () => {
    await eventually(
      async () => (await a.katalog.status(konto.kontoId))?.antallUavhentedeMeldinger,
      (count) => count === 0,
    );
  };
  /** A broker beside the platform gets a message in the moment after it was accepted. */
  const arrived = (channel: Channel, count: number) =>
    eventually(
      () => channel.checkQueue(queue),
      ({ messageCount }) => messageCount === count,
    );
  const consume = async (channel: Channel) => {
    const inbox = createInbox<ConsumeMessage>();
    const { consumerTag } = await channel.consume(queue, (message) => message && inbox.add(message));
    return { inbox, consumerTag };
  };

  await check('amqplib: connects over TLS, and is told what the server is', async () => {
    const model = await open();
    assert.ok(model.connection.serverProperties.product);
    assert.ok(model.connection.serverProperties.version);
    await model.close();
  });
  await check(
    'amqplib: a wrong password, an empty one and one without a token are refused with 403',
    async () => {
      for (const password of [`feil ${await b.token()}`, '', integration.integrasjonPassord])
        await assert.rejects(open(password), /403|ACCESS[_-]REFUSED/);
    },
  );
  await check('amqplib: prefetch, consume, headers and properties, ack', () =>
    withChannel(async (channel) => {
      await channel.prefetch(10, false);
      const { inbox } = await consume(channel);
      const klientMeldingId = randomUUID();
      const sent = await a.send({
        to: konto.kontoId,
        type: TYPE,
        klientMeldingId,
        headere: { kommune: 'Gáivuotna – Kåfjord' },
        ttl: 3_600_000,
      });
      const { fields, properties, content } = await taken(inbox, sent.meldingId);
      assert.equal(fields.exchange, 'fiks-io.meldinger');
      assert.equal(fields.routingKey, queue);
      assert.equal(fields.redelivered, false);
      const { headers } = properties;
      assert.equal(headers?.type, TYPE);
      assert.equal(headers?.['avsender-id'], stranger.konto.kontoId);
      assert.equal(headers?.['egendefinert-header.kommune'], 'Gáivuotna – Kåfjord');
      assert.equal(headers?.['egendefinert-header.klientMeldingId'], klientMeldingId);
      assert.ok(Object.values(headers ?? {}).every((value) => typeof value === 'string'));
      const left = Number(properties.expiration);
      assert.ok(left > 3_500_000 && left <= 3_600_000, `expiration ${properties.expiration}`);
      assert.equal(content.length, 0);
      channel.ack(last(inbox));
      await empty();
    }),
  );
  await check('amqplib: get, one by one, and false when the queue is empty', () =>
    withChannel(async (channel) => {
      const ids = [await send(), await send()];
      await arrived(channel, 2);
      for (const [index, id] of ids.entries()) {
        const message = await channel.get(queue, { noAck: false });
        assert.ok(message);
        assert.equal(message.properties.headers?.['melding-id'], id);
        assert.equal(message.fields.messageCount, ids.length - index - 1);
        channel.ack(message);
      }
      await empty();
      assert.equal(await channel.get(queue, { noAck: false }), false);
    }),
  );
  await check('amqplib: checkQueue tells messages and consumers', () =>
    withChannel(async (channel) => {
      const id = await send();
      const before = await arrived(channel, 1);
      assert.equal(before.consumerCount, 0);
      const { inbox } = await consume(channel);
      channel.ack(await taken(inbox, id));
      await empty();
      assert.equal((await channel.checkQueue(queue)).consumerCount, 1);
    }),
  );
  await check('amqplib: nack of several at once puts them back in their order, marked as redelivered', () =>
    withChannel(async (channel) => {
      const { inbox } = await consume(channel);
      const ids = [await send(), await send(), await send()];
      const third = await taken(inbox, ids[2] ?? '');
      channel.nack(third, true, true);
      const again = [];
      for (const id of ids) again.push(await redelivered(inbox, id));
      assert.deepEqual(inbox.all.slice(-3).map(idOf), ids);
      channel.ack(again[2] as ConsumeMessage, true);
      await empty();
    }),
  );
  await check('amqplib: reject without requeue removes the message', () =>
    withChannel(async (channel) => {
      const { inbox } = await consume(channel);
      channel.reject(await taken(inbox, await send()), false);
      await empty();
      assert.equal(inbox.all.length, 1);
    }),
  );
  await check('amqplib: cancel ends deliveries, and what was delivered may still be acknowledged', () =>
    withChannel(async (channel) => {
      const { inbox, consumerTag } = await consume(channel);
      const message = await taken(inbox, await send());
      await channel.cancel(consumerTag);
      const later = await send();
      channel.ack(message);
      const { inbox: second } = await consume(channel);
      channel.ack(await taken(second, later));
      assert.equal(inbox.all.length, 1);
      await empty();
    }),
  );
  await check('amqplib: recover delivers again what is unanswered', () =>
    withChannel(async (channel) => {
      const { inbox } = await consume(channel);
      const id = await send();
      await taken(inbox, id);
      await channel.recover();
      channel.ack(await redelivered(inbox, id));
      await empty();
    }),
  );
  await check('amqplib: 4 MiB come with the message, unchanged', () =>
    withChannel(async (channel) => {
      const { inbox } = await consume(channel);
      const bytes = randomBytes(4 * 1_048_576);
      const { meldingId } = await a.send({
        to: konto.kontoId,
        type: TYPE,
        files: [{ name: 'kart.pdf', content: bytes }],
      });
      const message = await taken(inbox, meldingId);
      assert.ok(message.content.length > bytes.length);
      channel.ack(message);
      await empty();
    }),
  );
  await check(
    "amqplib: another organisation's queue, an unknown one and publishing are refused",
    async () => {
      const refused = async (reply: RegExp, wish: (channel: Channel) => Promise<unknown>) => {
        const model = await open();
        const channel = await model.createChannel();
        const closed = new Promise<Error>((resolve) => channel.once('error', resolve));
        void wish(channel).catch(() => {});
        assert.match((await closed).message, reply);
        // The connection goes on.
        await (await model.createChannel()).close();
        await model.close();
      };
      await refused(/403|ACCESS[_-]REFUSED/, (channel) =>
        channel.consume(`fiksio.konto.${stranger.konto.kontoId}`, () => {}),
      );
      // RabbitMQ asks for the right to read before it looks for the queue.
      const unknown = suite.input.broker === 'rabbitmq' ? /403|ACCESS[_-]REFUSED/ : /404|NOT[_-]FOUND/;
      await refused(unknown, (channel) => channel.consume(`fiksio.konto.${randomUUID()}`, () => {}));
      await refused(/403|ACCESS[_-]REFUSED/, async (channel) => {
        channel.publish('fiks-io.meldinger', queue, Buffer.from('x'));
      });
      await refused(/406|PRECONDITION[_-]FAILED/, async (channel) => {
        channel.ack({ fields: { deliveryTag: 4711 } } as ConsumeMessage);
      });
    },
  );
  await check('amqplib: a heartbeat every five seconds keeps an idle connection', async () => {
    const model = await open();
    let ended = false;
    model.on('close', () => {
      ended = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 22_000));
    assert.equal(ended, false);
    await (await model.createChannel()).close();
    await model.close();
  });
  await a.close();
  await b.close();
}

const idOf = (message: ConsumeMessage): string => String(message.properties.headers?.['melding-id']);

const taken = (inbox: Inbox<ConsumeMessage>, id: string): Promise<ConsumeMessage> =>
  inbox.take((message) => idOf(message) === id, `message ${id}`);

const redelivered = (inbox: Inbox<ConsumeMessage>, id: string): Promise<ConsumeMessage> =>
  inbox.take((message) => idOf(message) === id && message.fields.redelivered, `redelivery of ${id}`);

const last = (inbox: Inbox<ConsumeMessage>): ConsumeMessage => inbox.all.at(-1) as ConsumeMessage;
