import { randomBytes, randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { isUuid, newId } from '@grunnmur/kernel/ids';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_TTL_MS, MAX_TTL_MS } from '../service/meldinger/limits.ts';
import type { QueueRoom } from '../service/queues/create-queues.ts';
import type { Konto } from '../types.ts';
import { listen, type QueueTest, queueTest } from './queues-harness.ts';
import { dataPart, metadataPart, multipart, type Part, startSend } from './send-fixture.ts';

describe('send', () => {
  let test: QueueTest;
  let node: QueueRoom;
  let app: FastifyInstance;
  let url: string;
  let fra: Konto;
  let til: Konto;

  beforeAll(async () => {
    test = await queueTest();
    node = await test.node();
    fra = await test.konto();
    til = await test.konto();
    ({ app, url } = await startSend(test, node, fra));
  });
  afterAll(async () => {
    await app.close();
    await test.close();
  });

  const meta = (change: object = {}) => ({
    avsenderKontoId: fra.id,
    mottakerKontoId: til.id,
    meldingType: 'no.eksempel.melding',
    svarPaMelding: null,
    ttl: null,
    headere: null,
    ...change,
  });

  async function post(parts: readonly Part[] | Buffer, integrasjonId = fra.integrasjonId) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { integrasjonId, 'content-type': 'multipart/form-data; boundary="grense"' },
      body: (Buffer.isBuffer(parts) ? parts : multipart(parts)) as BodyInit,
    });
    const warning = answer.headers.get('Grunnmur-Advarsel');
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown>, warning };
  }
  const stored = async () =>
    (await test.owner.query('select count(*) as n from exchange.melding')).rows[0].n as number;

  it('accepts, answers exactly the published fields, and has it on the queue then', async () => {
    const svar = newId();
    const headere = { klientMeldingId: newId(), klientKorrelasjonsId: 'æ' };
    const { status, body, warning } = await post([
      metadataPart(meta({ ttl: 172_800_000, svarPaMelding: svar, headere, ukjent: { felt: 1 }, tll: 5 })),
      dataPart('kryptert'),
    ]);
    expect(status).toBe(202);
    expect(warning).toBe(
      'svar_pa_fremmed;felt="/svarPaMelding", ukjent_felt;felt="/ukjent";antall=1, feilskrevet_felt;felt="/tll";ment="ttl";antall=1',
    );
    expect(isUuid(body.meldingId)).toBe(true);
    expect(body).toEqual({
      meldingId: body.meldingId,
      meldingType: 'no.eksempel.melding',
      avsenderKontoId: fra.id,
      mottakerKontoId: til.id,
      ttl: 172_800_000,
      svarPaMelding: svar,
      headere,
    });
    const client = await listen(await test.login(node, til), til);
    const [delivery] = await client.holds(1);
    expect(delivery!.messageId).toBe(body.meldingId);
    expect(Buffer.from(delivery!.body as Uint8Array).toString()).toBe('kryptert');
    await client.settle('ack');
    await client.subscription.end();
  });

  it('warns of an answer to what the sender had no part in, wherever the payload goes', async () => {
    const [tredje, fjerde] = [await test.konto(), await test.konto()];
    const mine = await test.send(til, fra);
    const theirs = await test.send(tredje, fjerde);
    const answer = async (svarPaMelding: string, size: number) => {
      const sent = await post([metadataPart(meta({ svarPaMelding })), dataPart(randomBytes(size))]);
      return [sent.status, sent.body.svarPaMelding === svarPaMelding, sent.warning];
    };
    for (const size of [10, 200_001]) {
      expect(await answer(mine, size)).toEqual([202, true, null]);
      const warning = 'svar_pa_fremmed;felt="/svarPaMelding"';
      // A message of others' and none at all are not told apart.
      expect(await answer(theirs, size)).toEqual([202, true, warning]);
      expect(await answer(randomUUID(), size)).toEqual([202, true, warning]);
    }
    // The answers are in the way of the next tests.
    const client = await listen(await test.login(node, til), til);
    await client.holds(6);
    await client.settle('ack');
    await client.subscription.end();
  });

  it.each([
    ['no data part', () => undefined],
    ['an empty data part', () => Buffer.alloc(0)],
    ['a small payload', () => randomBytes(1000)],
    ['a payload of an object', () => randomBytes(1001)],
    ['a payload just below Dokumentlager', () => randomBytes(200_000)],
    ['a payload for Dokumentlager', () => randomBytes(200_001)],
    ['a large payload', () => randomBytes(700_000)],
  ])('carries %s through unchanged', async (_name, make) => {
    const bytes = make();
    const { status, body } = await post([metadataPart(meta()), ...(bytes ? [dataPart(bytes)] : [])]);
    expect(status).toBe(202);
    expect(body.ttl).toBe(DEFAULT_TTL_MS);
    expect(body.headere).toEqual({});
    const client = await listen(await test.login(node, til), til);
    const [delivery] = await client.holds(1);
    const size = bytes?.length ?? 0;
    if (size > 200_000) {
      expect(delivery!.headers['dokumentlager-id']).toBe(body.dokumentlagerId);
      expect(delivery!.size).toBe(0);
      const { rows } = await test.owner.query('select * from documents.dokument where id = $1', [
        body.dokumentlagerId,
      ]);
      expect(rows).toHaveLength(1);
    } else {
      expect(body).not.toHaveProperty('dokumentlagerId');
      expect(delivery!.size).toBe(size);
      const got =
        typeof delivery!.body === 'function'
          ? await buffer(await delivery!.body())
          : Buffer.from(delivery!.body);
      expect(got.equals(bytes ?? Buffer.alloc(0))).toBe(true);
    }
    await client.settle('ack');
    await client.subscription.end();
  });

  it('takes a chunked call without a length', async () => {
    const body = multipart([metadataPart(meta()), dataPart(randomBytes(300_000))]);
    const status = await new Promise<number>((resolve, reject) => {
      const call = httpRequest(
        url,
        {
          method: 'POST',
          headers: {
            integrasjonId: fra.integrasjonId,
            'content-type': 'multipart/form-data; boundary=grense',
          },
        },
        (answer) => resolve(answer.resume().statusCode!),
      );
      call.on('error', reject);
      for (let at = 0; at < body.length; at += 10_000) call.write(body.subarray(at, at + 10_000));
      call.end();
    });
    expect(status).toBe(202);
    await test.owner.query('delete from exchange.ko');
  });

  it.each<[string, object, string]>([
    ['ttl of 0', { ttl: 0 }, 'ttl'],
    ['negative ttl', { ttl: -1 }, 'ttl'],
    ['ttl below a second', { ttl: 999 }, 'ttl'],
    ['ttl of a hundred years', { ttl: 100 * 365 * 86_400_000 }, 'ttl'],
    ['ttl just over the limit', { ttl: MAX_TTL_MS + 1 }, 'ttl'],
    ['ttl with a fraction', { ttl: 1000.5 }, 'ttl'],
    ['ttl as text', { ttl: '1000' }, 'ttl'],
    ['no sender', { avsenderKontoId: null }, 'avsenderKontoId'],
    ['a sender that is no UUID', { avsenderKontoId: 'x' }, 'avsenderKontoId'],
    ['no receiver', { mottakerKontoId: undefined }, 'mottakerKontoId'],
    ['no type', { meldingType: null }, 'meldingType'],
    ['an empty type', { meldingType: '' }, 'meldingType'],
    ['a long type', { meldingType: 'x'.repeat(251) }, 'meldingType'],
    ['a type with a line break', { meldingType: 'a\nb' }, 'meldingType'],
    ['an answer to no UUID', { svarPaMelding: 'x' }, 'svarPaMelding'],
    ['headers as a list', { headere: ['x'] }, 'headere'],
    ['a header that is a number', { headere: { a: 1 } }, 'headere.a'],
    ['a header with NUL', { headere: { a: 'x\u0000' } }, 'headere.a'],
    ['a header with half a surrogate pair', { headere: { a: '\ud800' } }, 'headere.a'],
    ['a long header', { headere: { a: 'x'.repeat(8193) } }, 'headere.a'],
    ['a long header name', { headere: { ['n'.repeat(201)]: 'x' } }, 'headere.nnn'],
    [
      'too many headers',
      { headere: Object.fromEntries(Array.from({ length: 101 }, (_, n) => [n, 'x'])) },
      'headere',
    ],
    [
      'too much of headers',
      { headere: Object.fromEntries(Array.from({ length: 6 }, (_, n) => [n, 'x'.repeat(8000)])) },
      'headere',
    ],
  ])('refuses %s, naming the field, and stores nothing', async (_name, change, field) => {
    const before = await stored();
    const { status, body } = await post([metadataPart(meta(change)), dataPart('x')]);
    expect(status).toBe(400);
    expect(body).toMatchObject({ status: 400, errorCode: 'exchange.invalid', path: '/fiks-io/api/v1/send' });
    expect(body.message).toContain(field);
    expect(JSON.stringify(body)).not.toContain('at ');
    expect(await stored()).toBe(before);
  });

  it('accepts the outermost values', async () => {
    for (const change of [
      { ttl: 1000 },
      { ttl: MAX_TTL_MS },
      { meldingType: 'x'.repeat(250) },
      { headere: { ['n'.repeat(200)]: 'x'.repeat(8192) } },
    ])
      expect((await post([metadataPart(meta(change))])).status).toBe(202);
    await test.owner.query('delete from exchange.ko');
  });

  it.each<[string, () => readonly Part[] | Buffer, number, string]>([
    ['no part', () => multipart([]), 400, 'exchange.invalid'],
    ['data only', () => [dataPart('x')], 400, 'exchange.invalid'],
    ['data before metadata', () => [dataPart('x'), metadataPart(meta())], 400, 'exchange.invalid'],
    ['metadata that is no JSON', () => [metadataPart('{')], 400, 'exchange.invalid'],
    ['metadata that is a list', () => [metadataPart('[]')], 400, 'exchange.invalid'],
    ['metadata over the limit', () => [metadataPart(' '.repeat(60_001))], 413, 'kernel.too_large'],
    ['metadata twice', () => [metadataPart(meta()), metadataPart(meta())], 400, 'exchange.invalid'],
    [
      'a third part',
      () => [metadataPart(meta()), dataPart('x'), dataPart('y')],
      400,
      'multipart.too_many_parts',
    ],
    [
      'an unknown part',
      () => [
        metadataPart(meta()),
        { ...dataPart('x'), head: 'Content-Disposition: form-data; name="annet"' },
      ],
      400,
      'exchange.invalid',
    ],
    [
      'a call that is cut off in a small payload',
      () => multipart([metadataPart(meta()), dataPart('x')], '--gren'),
      400,
      'multipart',
    ],
    [
      'a call that is cut off in an object',
      () => multipart([metadataPart(meta()), dataPart(randomBytes(50_000))], ''),
      400,
      'multipart',
    ],
    [
      'a payload over the limit, announced',
      () => [metadataPart(meta()), dataPart(randomBytes(1_200_000))],
      413,
      'kernel.too_large',
    ],
    [
      'a payload over the limit, found on the way',
      () => [metadataPart(meta()), dataPart(randomBytes(1_000_001))],
      413,
      'kernel.too_large',
    ],
  ])('refuses %s and leaves nothing behind', async (_name, parts, status, code) => {
    const before = await stored();
    const answer = await post(parts());
    expect(answer.status).toBe(status);
    expect(answer.body.errorCode).toContain(code);
    expect(await stored()).toBe(before);
    const objects: string[] = [];
    for await (const { key } of test.storage.list(til.tenant)) objects.push(key);
    const { rows } = await test.owner.query(
      `select (select count(*) from exchange.melding where objekt is not null) + (select count(*) from documents.dokument) as n`,
    );
    expect(objects.length).toBeLessThanOrEqual(rows[0].n);
  });

  it('refuses what the rules do not allow, before it stores anything', async () => {
    const other = await test.konto();
    const closed = await test.konto({ aktiv: false });
    const before = await stored();
    const attempt = async (change: object, integrasjonId?: string) => {
      const { status, body } = await post(
        [metadataPart(meta(change)), dataPart(randomBytes(5000))],
        integrasjonId,
      );
      return [status, body.errorCode];
    };
    expect(await attempt({}, other.integrasjonId)).toEqual([403, 'exchange.avsender_not_allowed']);
    expect(await attempt({ avsenderKontoId: newId() })).toEqual([403, 'exchange.avsender_not_allowed']);
    expect(await attempt({ mottakerKontoId: newId() })).toEqual([404, 'exchange.mottaker_not_found']);
    expect(await attempt({ mottakerKontoId: closed.id })).toEqual([403, 'exchange.send_deactivated']);
    expect(await stored()).toBe(before);
  });

  it('refuses a receiver that was deleted a moment ago, and keeps no object', async () => {
    const gone = await test.konto();
    const send = (size: number) =>
      post([metadataPart(meta({ mottakerKontoId: gone.id })), dataPart(randomBytes(size))]);
    expect((await send(10)).status).toBe(202);
    await test.owner.query('update exchange.konto set slettet = now() where id = $1', [gone.id]);
    for (const size of [10, 5000]) {
      const { status, body } = await send(size);
      expect([status, body.errorCode]).toEqual([404, 'exchange.mottaker_not_found']);
    }
    const keys: string[] = [];
    for await (const { key } of test.storage.list(gone.tenant)) keys.push(key);
    expect(keys).toEqual([]);
  });

  it('answers a repeated call with its first answer, unless the first has failed since', async () => {
    const parts = [metadataPart(meta({ headere: { klientMeldingId: newId() } })), dataPart('samme byte')];
    const answers = await Promise.all([post(parts), post(parts), post(parts)]);
    const ids = new Set(answers.map(({ body }) => body.meldingId));
    expect(ids.size).toBe(1);
    const [id] = [...ids] as string[];
    const changed = await post([parts[0]!, dataPart('andre byte')]);
    expect(changed.body.meldingId).not.toBe(id);
    await test.owner.query(`update exchange.melding set status = 'UTLOPT' where id = $1`, [id]);
    const again = await post(parts);
    expect(again.status).toBe(202);
    expect(again.body.meldingId).not.toBe(id);
    // Without an id of its own, a message is never taken for another.
    const anonymous = [metadataPart(meta()), dataPart('samme byte')];
    expect((await post(anonymous)).body.meldingId).not.toBe((await post(anonymous)).body.meldingId);
    await test.owner.query('delete from exchange.ko');
  });

  it('commits calls that come together together, each with its own fate', async () => {
    const calls = Array.from({ length: 40 }, (_, n) =>
      post([metadataPart(meta(n % 10 === 9 ? { mottakerKontoId: newId() } : {})), dataPart(`nr ${n}`)]),
    );
    const answers = await Promise.all(calls);
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(36);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(4);
    const { rows } = await test.owner.query('select count(distinct xmin::text) as n from exchange.ko');
    expect(rows[0].n).toBeLessThan(36);
  });
});
