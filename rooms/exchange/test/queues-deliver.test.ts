import { text } from 'node:stream/consumers';
import { newId } from '@grunnmur/kernel/ids';
import { objectKey } from '@grunnmur/kernel/storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueueRoom } from '../service/queues/create-queues.ts';
import { queueName } from '../service/queues/queue-name.ts';
import { SERVERFEIL, TIDSAVBRUDD } from '../types.ts';
import { listen, type QueueTest, queueTest, sleep } from './queues-harness.ts';

describe('queues of one node', () => {
  let test: QueueTest;
  let node: QueueRoom;
  beforeAll(async () => {
    test = await queueTest();
    node = await test.node();
  });
  afterAll(() => test.close());

  async function pair() {
    const fra = await test.konto();
    const til = await test.konto();
    return { fra, til, session: await test.login(node, til) };
  }

  it('give messages out in the order of the queue, no more than fit, and the rest as room comes', async () => {
    const { fra, til, session } = await pair();
    const ids: string[] = [];
    for (let n = 0; n < 7; n++) ids.push(await test.send(fra, til, {}, node));
    const client = await listen(session, til, { prefetch: 3 });
    await client.holds(3);
    await sleep(100);
    expect(client.ids()).toEqual(ids.slice(0, 3));
    await client.settle('ack', 2);
    await client.holds(3);
    expect(client.seen.map((delivery) => delivery.messageId)).toEqual(ids.slice(0, 5));
    await client.settle('ack');
    await client.holds(2);
    await client.settle('ack');
    for (const id of ids) expect(await test.status(id)).toBe('KVITTERT');
    expect(await test.waiting(til)).toBe(0);
    expect(await test.koder(ids[0]!)).toEqual(['KVITTERT']);
    expect(
      (await test.owner.query('select from exchange.melding_innhold where melding_id = $1', [ids[0]]))
        .rowCount,
    ).toBe(0);
    await client.subscription.end();
  });

  it('give messages that arrive at a waiting consumer at once', async () => {
    const { fra, til, session } = await pair();
    const client = await listen(session, til);
    await sleep(50);
    const id = await test.send(fra, til, {}, node);
    await client.holds(1);
    expect(client.ids()).toEqual([id]);
    await client.settle('ack');
    await client.subscription.end();
  });

  it('tell all of §3.4, both spellings of the dialogue id included', async () => {
    const { fra, til, session } = await pair();
    const svarTil = newId();
    const headere = { klientMeldingId: newId(), klientKorrelasjonsId: 'sak-1', 'egen æøå': 'verdi ✓' };
    const id = await test.send(fra, til, { svar_til: svarTil, headere, type: 'no.eksempel.svar' }, node);
    const client = await listen(session, til);
    const [delivery] = await client.holds(1);
    expect(delivery).toMatchObject({
      redelivered: false,
      exchange: 'fiks-io.meldinger',
      routingKey: `fiksio.konto.${til.id}`,
      messageId: id,
      size: 7,
      headers: {
        'melding-id': id,
        type: 'no.eksempel.svar',
        'avsender-id': fra.id,
        'avsender-navn': fra.navn,
        'svar-til': svarTil,
        'egendefinert-header.klientMeldingId': headere.klientMeldingId,
        'egendefinert-header.klientKorrelasjonsId': 'sak-1',
        'egendefinert-header.klientKorrelasjonId': 'sak-1',
        'egendefinert-header.egen æøå': 'verdi ✓',
      },
    });
    expect(Object.keys(delivery!.headers)).toHaveLength(9);
    const left = Number(delivery!.expiration);
    expect(left).toBeGreaterThan(50_000);
    expect(left).toBeLessThanOrEqual(60_000);
    expect(Buffer.from(delivery!.body as Uint8Array).toString()).toBe('innhold');
    await client.settle('ack');
    await client.subscription.end();
  });

  it('open a stored payload when its turn comes, and remove it when the message ends', async () => {
    const { fra, til, session } = await pair();
    const objekt = newId();
    const key = objectKey(til.tenant, objekt);
    await test.storage.put(
      key,
      (async function* () {
        yield Buffer.from('stort innhold');
      })(),
    );
    await test.send(fra, til, { innhold: null, objekt, storrelse: 13 }, node);
    const client = await listen(session, til);
    const [delivery] = await client.holds(1);
    expect(delivery!.size).toBe(13);
    expect(await text(await (delivery!.body as () => Promise<NodeJS.ReadableStream>)())).toBe(
      'stort innhold',
    );
    await client.settle('ack');
    await expect.poll(() => test.storage.stat(key)).toBeNull();
    await client.subscription.end();
  });

  it('name a payload in Dokumentlager and give no body', async () => {
    const { fra, til, session } = await pair();
    const dokument = newId();
    await test.send(fra, til, { innhold: null, dokument_id: dokument, storrelse: 9_000_000 }, node);
    const client = await listen(session, til);
    const [delivery] = await client.holds(1);
    expect(delivery!.headers['dokumentlager-id']).toBe(dokument);
    expect(delivery!.size).toBe(0);
    expect(delivery!.body).toHaveLength(0);
    await client.settle('ack');
    await client.subscription.end();
  });

  it('take turns between consumers, and pass over those without room', async () => {
    const { fra, til, session } = await pair();
    for (let n = 0; n < 9; n++) await test.send(fra, til);
    const slow = await listen(session, til, { prefetch: 0 });
    const one = await listen(session, til, { prefetch: 4 });
    const two = await listen(session, til, { prefetch: 4 });
    await expect.poll(() => one.held.length + two.held.length).toBe(8);
    expect(slow.held).toHaveLength(0);
    await one.settle('ack');
    await two.settle('ack');
    for (let n = 0; n < 4; n++) await test.send(fra, til);
    node.arrived([{ kontoId: til.id, seq: 0 }]);
    await expect.poll(() => one.seen.length + two.seen.length).toBe(13);
    expect(Math.abs(one.seen.length - two.seen.length)).toBeLessThanOrEqual(3);
    await one.settle('ack');
    await two.settle('ack');
    for (const client of [slow, one, two]) await client.subscription.end();
  });

  it('put a requeued message back to its place, marked, and give it up after three attempts (§3.5)', async () => {
    const { fra, til, session } = await pair();
    const headere = { klientMeldingId: newId(), klientKorrelasjonsId: 'k', annet: 'x' };
    const first = await test.send(fra, til, { headere }, node);
    const second = await test.send(fra, til, {}, node);
    const client = await listen(session, til, { prefetch: 1 });
    for (let attempt = 1; attempt <= 3; attempt++) {
      const [delivery] = await client.holds(1);
      expect(delivery!.messageId).toBe(first);
      expect(delivery!.redelivered).toBe(attempt > 1);
      await client.settle('requeue');
    }
    const [next] = await client.holds(1);
    expect(next!.messageId).toBe(second);
    expect(next!.redelivered).toBe(false);
    await client.settle('ack');
    expect(await test.status(first)).toBe('FEILET');
    expect(await test.koder(first)).toEqual([
      'LAGT_TILBAKE',
      'LAGT_TILBAKE',
      'LAGT_TILBAKE',
      'FEILET',
      'SERVERFEIL_SENDT',
    ]);
    const sender = await listen(await test.login(node, fra), fra);
    const [notice] = await sender.holds(1);
    expect(notice!.headers).toEqual({
      'melding-id': notice!.messageId,
      type: SERVERFEIL,
      'avsender-id': til.id,
      'svar-til': first,
      'egendefinert-header.klientMeldingId': headere.klientMeldingId,
      'egendefinert-header.klientKorrelasjonsId': 'k',
      'egendefinert-header.klientKorrelasjonId': 'k',
    });
    expect(notice!.size).toBe(0);
    expect(Number(notice!.expiration)).toBeGreaterThan(6.9 * 86_400_000);
    // A platform message is never answered by another one.
    for (let attempt = 1; attempt <= 3; attempt++) {
      await sender.holds(1);
      await sender.settle('requeue');
    }
    await expect.poll(() => test.status(notice!.messageId)).toBe('FEILET');
    expect(await test.waiting(til)).toBe(0);
    expect(await test.waiting(fra)).toBe(0);
    await client.subscription.end();
    await sender.subscription.end();
  });

  it('reject without an answer', async () => {
    const { fra, til, session } = await pair();
    const id = await test.send(fra, til, {}, node);
    const client = await listen(session, til);
    await client.holds(1);
    await client.settle('reject');
    expect(await test.status(id)).toBe('AVVIST');
    expect(await test.koder(id)).toEqual(['AVVIST']);
    expect(await test.waiting(fra)).toBe(0);
    await client.subscription.end();
  });

  it('count a lost connection as an attempt', async () => {
    const { fra, til, session } = await pair();
    const id = await test.send(fra, til, {}, node);
    const client = await listen(session, til);
    await client.holds(1);
    await client.settle('connection_lost');
    const [again] = await client.holds(1);
    expect(again!.redelivered).toBe(true);
    await client.settle('ack');
    expect(await test.koder(id)).toEqual(['FORBINDELSE_BRUTT', 'KVITTERT']);
    await client.subscription.end();
  });

  it('settle once: repeated and late outcomes are ignored', async () => {
    const { fra, til, session } = await pair();
    const id = await test.send(fra, til, {}, node);
    const client = await listen(session, til);
    const [delivery] = await client.holds(1);
    await client.settle('requeue');
    await session.settle([{ delivery: delivery!, outcome: 'ack' }]);
    const [again] = await client.holds(1);
    expect(await test.status(id)).toBe('PAA_KO');
    await session.settle([
      { delivery: again!, outcome: 'ack' },
      { delivery: again!, outcome: 'requeue' },
    ]);
    expect(await test.status(id)).toBe('KVITTERT');
    expect(await test.waiting(til)).toBe(0);
    await client.subscription.end();
  });

  it('expire by deadline, also behind others and with no consumer, and tell the sender in time', async () => {
    const { fra, til } = await pair();
    const session = await test.login(node, til);
    const long = await test.send(fra, til, {}, node);
    const short = await test.send(fra, til, { ttl_ms: 300, type: 'no.eksempel.kort' }, node);
    const sender = await listen(await test.login(node, fra), fra);
    const [notice] = await sender.holds(1);
    expect(notice!.headers).toEqual({
      'melding-id': notice!.messageId,
      type: TIDSAVBRUDD,
      'avsender-id': til.id,
      'svar-til': short,
      'svar-til-type': 'no.eksempel.kort',
    });
    await sender.settle('ack');
    expect(await test.status(short)).toBe('UTLOPT');
    expect(await test.koder(short)).toEqual(['UTLOPT', 'TIDSAVBRUDD_SENDT']);
    const client = await listen(session, til);
    await client.holds(1);
    expect(client.ids()).toEqual([long]);
    await client.settle('ack');
    await client.subscription.end();
    await sender.subscription.end();
  });

  it('never give out what has expired', async () => {
    const { fra, til, session } = await pair();
    const slow = await test.node({ expiryMs: 3_600_000 });
    for (let n = 0; n < 50; n++) await test.send(fra, til, { ttl_ms: 1 });
    await sleep(5);
    const client = await listen(await test.login(slow, til), til);
    await sleep(300);
    expect(client.seen).toHaveLength(0);
    await client.subscription.end();
    void session;
  });

  it('drop platform messages silently when they expire', async () => {
    const { fra, til } = await pair();
    const id = await test.send(fra, til);
    await test.owner.query('update exchange.melding set plattform = true where id = $1', [id]);
    await test.owner.query(`update exchange.ko set utlop = now() where melding_id = $1`, [id]);
    await expect.poll(() => test.status(id)).toBe('UTLOPT');
    expect(await test.waiting(fra)).toBe(0);
    expect(await test.koder(id)).toEqual(['UTLOPT']);
  });

  it('answer basic.get one at a time, in order, with what remains', async () => {
    const { fra, til, session } = await pair();
    const ids = [await test.send(fra, til), await test.send(fra, til), await test.send(fra, til)];
    const got = [];
    for (let n = 0; n < 3; n++) got.push((await session.get(queueName(til.id)))!);
    expect(got.map(({ delivery }) => delivery.messageId)).toEqual(ids);
    expect(got.map(({ remaining }) => remaining)).toEqual([2, 1, 0]);
    expect(await session.get(queueName(til.id))).toBeUndefined();
    await session.settle([{ delivery: got[0]!.delivery, outcome: 'requeue' }]);
    const again = await session.get(queueName(til.id));
    expect(again!.delivery.messageId).toBe(ids[0]);
    expect(again!.delivery.redelivered).toBe(true);
    await session.settle(
      [again!, got[1]!, got[2]!].map(({ delivery }) => ({ delivery, outcome: 'ack' as const })),
    );
    expect(await test.waiting(til)).toBe(0);
  });

  it('refuse queues of others, and tell unknown ones apart', async () => {
    const { til, session } = await pair();
    const other = await test.konto();
    const gone = await test.konto({
      systemId: til.systemId,
      integrasjonId: til.integrasjonId,
      slettet: true,
    });
    const consumer = {
      capacity: () => 1,
      deliver: () => {},
      cancelled: () => {},
      connection: { name: 'x', address: 'y' },
    };
    for (const call of [
      session.inspect,
      session.get,
      (queue: string) => session.subscribe(queue, consumer),
    ]) {
      await expect(call(queueName(other.id))).rejects.toMatchObject({ code: 'exchange.queue_refused' });
      for (const queue of [
        queueName(newId()),
        queueName(gone.id),
        'fiksio.konto.',
        'annen',
        queueName(til.id.toUpperCase()),
      ])
        await expect(call(queue)).rejects.toMatchObject({ code: 'exchange.queue_not_found' });
    }
  });

  it('count what waits and who listens', async () => {
    const { fra, til, session } = await pair();
    expect(await session.inspect(queueName(til.id))).toEqual({ messageCount: 0, consumerCount: 0 });
    await test.send(fra, til);
    await test.send(fra, til, {}, node);
    const client = await listen(session, til, { prefetch: 1 });
    await client.holds(1);
    const counts = await node.queues.counts(test.ctx(), [til.id, fra.id]);
    expect(counts.get(til.id)).toEqual({ antallKonsumenter: 1, antallUavhentedeMeldinger: 2 });
    expect(counts.get(fra.id)).toEqual({ antallKonsumenter: 0, antallUavhentedeMeldinger: 0 });
    await client.settle('ack');
    await client.subscription.end();
    expect((await node.queues.counts(test.ctx(), [til.id])).get(til.id)!.antallKonsumenter).toBe(0);
  });
});
