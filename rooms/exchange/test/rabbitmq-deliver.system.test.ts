import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '@grunnmur/kernel/ids';
import { objectKey } from '@grunnmur/kernel/storage';
import { rabbitmqIsMissing } from '@grunnmur/kernel/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queueName } from '../service/queues/queue-name.ts';
import { SERVERFEIL, TIDSAVBRUDD } from '../types.ts';
import { becomes, consume, type RabbitmqTest, rabbitmqTest } from './rabbitmq-harness.ts';

describe('RabbitMQ as the broker', { timeout: 60_000 }, () => {
  const missing = rabbitmqIsMissing();
  let test: RabbitmqTest;
  beforeAll(async () => {
    if (!missing) test = await rabbitmqTest();
  }, 120_000);
  afterAll(() => test?.close());

  async function pair() {
    return { fra: await test.queues.konto(), til: await test.queues.konto() };
  }

  it('gets messages with the properties and headers of §3.4, in order', async ({ skip }) => {
    if (missing) skip();
    const { fra, til } = await pair();
    const first = await test.send(fra, til, {
      headere: { navn: 'blåbær', klientKorrelasjonsId: 'sak-1' },
      innhold: Buffer.from('hei'),
      ttl_ms: 50_000,
    });
    const ids = [first];
    for (let n = 0; n < 20; n++) ids.push(await test.send(fra, til));
    const client = await consume(await test.connect(til), til);
    await expect.poll(client.ids, { timeout: 10_000 }).toEqual(ids);
    const { content, fields, properties } = client.seen[0]!;
    expect(content.toString()).toBe('hei');
    expect(fields).toMatchObject({
      exchange: 'fiks-io.meldinger',
      routingKey: queueName(til.id),
      redelivered: false,
    });
    expect(properties).toMatchObject({
      messageId: first,
      deliveryMode: 2,
      headers: {
        'melding-id': first,
        type: 'no.eksempel.melding',
        'avsender-id': fra.id,
        'avsender-navn': fra.navn,
        'egendefinert-header.navn': 'blåbær',
        'egendefinert-header.klientKorrelasjonsId': 'sak-1',
      },
    });
    expect(Number(properties.expiration)).toBeGreaterThan(40_000);
    expect(Number(properties.expiration)).toBeLessThanOrEqual(50_000);
    expect(await test.queues.koder(first)).toEqual(['OVERFORT']);
    await expect.poll(() => test.queues.waiting(til)).toBe(0);
  });

  it('learns of acknowledgements by the length of the queue: certain when it is empty', async ({ skip }) => {
    if (missing) skip();
    const { fra, til } = await pair();
    const ids = [await test.send(fra, til), await test.send(fra, til), await test.send(fra, til)];
    const model = await test.connect(til);
    const client = await consume(model, til, () => {});
    await expect.poll(() => client.seen.length, { timeout: 10_000 }).toBe(3);
    client.channel.ack(client.seen[1]!);
    // The oldest is taken for the acknowledged one, and the timeline says that it is not certain.
    await becomes(test, ids[0]!, 'KVITTERT', 40_000);
    expect(await test.queues.koder(ids[0]!)).toEqual(['OVERFORT', 'KVITTERT_ANTATT']);
    expect(await test.queues.status(ids[1]!)).toBe('PAA_KO');
    client.channel.nack(client.seen[0]!, false, false);
    // It was another one: the dead letter knows better.
    await becomes(test, ids[0]!, 'AVVIST');
    client.channel.ack(client.seen[2]!);
    await becomes(test, ids[1]!, 'KVITTERT', 40_000);
    await becomes(test, ids[2]!, 'KVITTERT', 40_000);
    expect(await test.queues.koder(ids[2]!)).toEqual(['OVERFORT', 'KVITTERT']);
  });

  it('tells the sender of three failed deliveries', async ({ skip }) => {
    if (missing) skip();
    const { fra, til } = await pair();
    const id = await test.send(fra, til);
    const sender = await consume(await test.connect(fra), fra);
    const client = await consume(await test.connect(til), til, (channel, message) => channel.nack(message));
    await becomes(test, id, 'FEILET');
    expect(client.seen.map(({ fields }) => fields.redelivered)).toEqual([false, true, true]);
    await expect.poll(() => sender.seen.length, { timeout: 10_000 }).toBe(1);
    expect(sender.seen[0]!.properties.headers).toMatchObject({
      type: SERVERFEIL,
      'svar-til': id,
      'avsender-id': til.id,
    });
    expect(await test.queues.koder(id)).toEqual(['OVERFORT', 'FEILET', 'SERVERFEIL_SENDT']);
  });

  it('ends messages whose payload is lost or damaged, each by itself: the others come once and in order', async ({
    skip,
  }) => {
    if (missing) skip();
    const { fra, til } = await pair();
    const sender = await consume(await test.connect(fra), fra);
    const client = await consume(await test.connect(til), til);
    const good: string[] = [];
    const bad: string[] = [];
    // Nobody is told of them, so that the next look at the outboxes finds many at once.
    for (let nr = 0; nr < 6; nr++) {
      good.push(await test.queues.send(fra, til));
      const objekt = newId();
      const key = objectKey(til.tenant, objekt);
      const storrelse = nr < 2 ? 1_000_000 : 40_000;
      await test.queues.storage.put(key, Buffer.alloc(storrelse, 'x'));
      const file = join(test.queues.objects, key);
      if (nr % 2 === 1) await rm(file);
      else {
        const sealed = await readFile(file);
        sealed[sealed.length - 1]! ^= 1;
        await writeFile(file, sealed);
      }
      bad.push(await test.queues.send(fra, til, { innhold: null, objekt, storrelse }));
    }
    good.push(await test.queues.send(fra, til));
    for (const id of bad) await becomes(test, id, 'FEILET');
    for (const id of bad)
      expect(await test.queues.koder(id)).toEqual(['INNHOLD_SKADET', 'FEILET', 'SERVERFEIL_SENDT']);
    await expect.poll(() => client.seen.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(good.length);
    await expect.poll(() => sender.seen.length, { timeout: 10_000 }).toBe(bad.length);
    expect(client.ids()).toEqual(good);
    expect(sender.seen.map(({ properties }) => properties.headers!['svar-til']).sort()).toEqual(
      [...bad].sort(),
    );
  });

  it('tells the sender of a passed deadline, once, and of a rejection nothing', async ({ skip }) => {
    if (missing) skip();
    const { fra, til } = await pair();
    const late = await test.send(fra, til, { ttl_ms: 1000 });
    const sender = await consume(await test.connect(fra), fra);
    await becomes(test, late, 'UTLOPT');
    const rejected = await test.send(fra, til);
    await consume(await test.connect(til), til, (channel, message) => channel.nack(message, false, false));
    await becomes(test, rejected, 'AVVIST');
    await expect.poll(() => sender.seen.length, { timeout: 10_000 }).toBe(1);
    expect(sender.seen[0]!.properties.headers).toMatchObject({
      type: TIDSAVBRUDD,
      'svar-til': late,
      'svar-til-type': 'no.eksempel.melding',
    });
    expect(sender.seen[0]!.content).toHaveLength(0);
    expect(await test.queues.koder(rejected)).toEqual(['OVERFORT', 'AVVIST']);
  });
});
