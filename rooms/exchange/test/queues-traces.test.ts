import { withTransaction } from '@grunnmur/kernel/db';
import { createApp } from '@grunnmur/kernel/http';
import { newId } from '@grunnmur/kernel/ids';
import { objectKey, scopedStore, sweepSchedule } from '@grunnmur/kernel/storage';
import { DAY_MS } from '@grunnmur/kernel/time';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { purgeSchedule } from '../jobs/meldinger.ts';
import { registerApi } from '../routes/api/register-api.ts';
import type { MeldingPage, MeldingView, Timeline } from '../service/meldinger/traces.ts';
import type { QueueRoom } from '../service/queues/create-queues.ts';
import { taImotMeldinger } from '../store/meldinger/melding-store.ts';
import { kjenteObjekter } from '../store/meldinger/retention-store.ts';
import type { Konto } from '../types.ts';
import { listen, nyMelding, type QueueTest, queueTest } from './queues-harness.ts';

let test: QueueTest;
let node: QueueRoom;
let app: FastifyInstance;

beforeAll(async () => {
  test = await queueTest();
  node = await test.node();
  const systemCtx = test.ctx({ tenant: null });
  app = await createApp({ log: systemCtx.log, version: '0', publicUrl: 'http://127.0.0.1' });
  await registerApi(app, {
    baseCtx: () => systemCtx,
    access: {
      authenticateIntegration: async ({ integrasjonId = '' }) => ({
        kind: 'integration',
        integrationId: integrasjonId,
        name: 'Prøve',
        orgnr: '310000000',
        tenant: [...test.kontoer.values()].find((konto) => konto.integrasjonId === integrasjonId)!.tenant,
        grants: [],
        actor: { kind: 'integration', id: integrasjonId },
      }),
    },
  });
});
afterAll(async () => {
  await app.close();
  await test.close();
});

async function get<T>(as: Konto, path: string): Promise<{ status: number; body: T }> {
  const answer = await app.inject({
    url: `/api/exchange/meldinger${path}`,
    headers: { integrasjonId: as.integrasjonId },
  });
  return { status: answer.statusCode, body: answer.json() as T };
}

async function pair() {
  return { fra: await test.konto(), til: await test.konto() };
}

describe('the timeline of a message', () => {
  it('tells both parties all that happened, and nobody else anything', async () => {
    const { fra, til } = await pair();
    const headere = { klientMeldingId: newId() };
    const id = await test.send(fra, til, { headere, klient_melding_id: headere.klientMeldingId }, node);
    const client = await listen(await test.login(node, til), til, { name: 'Arkivet 1.0' });
    await client.holds(1);
    const during = await get<Timeline>(fra, `/${id}/timeline`);
    expect(during.body.entries.map(({ kode }) => kode)).toEqual(['MOTTATT', 'UTLEVERT']);
    await client.settle('requeue');
    await client.holds(1);
    await client.settle('ack');
    const answer = await test.send(til, fra, { svar_til: id, type: 'no.eksempel.svar' }, node);
    for (const party of [fra, til]) {
      const { status, body } = await get<Timeline>(party, `/${id}/timeline`);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        id,
        status: 'KVITTERT',
        avsenderKontoId: fra.id,
        mottakerKontoId: til.id,
        klientMeldingId: headere.klientMeldingId,
        storrelse: 7,
      });
      expect(body.entries.map(({ tidspunkt: _, ...rest }) => rest)).toEqual([
        { kode: 'MOTTATT' },
        { kode: 'UTLEVERT', forbindelse: 'Arkivet 1.0' },
        { kode: 'LAGT_TILBAKE', forbindelse: 'Arkivet 1.0' },
        { kode: 'UTLEVERT', forbindelse: 'Arkivet 1.0' },
        { kode: 'KVITTERT', forbindelse: 'Arkivet 1.0' },
        { kode: 'BESVART', meldingId: answer, meldingType: 'no.eksempel.svar' },
      ]);
    }
    const other = await test.konto();
    // Another integration of the very same organisation is a stranger too.
    const sibling = await test.konto({ tenant: til.tenant });
    for (const stranger of [other, sibling]) {
      for (const path of [`/${id}/timeline`, `/${id}/samtale`]) {
        const { status, body } = await get<{ code: string }>(stranger, path);
        expect([status, body.code]).toEqual([404, 'exchange.melding_not_found']);
      }
      expect(
        (await get<MeldingPage>(stranger, `?klientMeldingId=${headere.klientMeldingId}`)).body.meldinger,
      ).toEqual([]);
      expect((await get<MeldingPage>(stranger, `?kontoId=${til.id}`)).body.meldinger).toEqual([]);
    }
    for (const unknown of [newId(), 'x']) expect((await get(fra, `/${unknown}/timeline`)).status).toBe(404);
    await client.subscription.end();
  });

  it('takes no answer from who is no party to the message', async () => {
    const { fra, til } = await pair();
    const id = await test.send(fra, til);
    const stranger = await test.konto();
    const foreign = await test.send(stranger, fra, { svar_til: id });
    const { body } = await get<Timeline>(fra, `/${id}/timeline`);
    expect(body.entries.map(({ kode }) => kode)).toEqual(['MOTTATT']);
    for (const start of [id, foreign]) {
      const talk = await get<{ meldinger: { id: string }[] }>(fra, `/${start}/samtale`);
      expect(talk.body.meldinger.map((melding) => melding.id)).toEqual([start]);
    }
  });

  it('names the platform message that told the sender', async () => {
    const { fra, til } = await pair();
    const id = await test.send(fra, til, { ttl_ms: 50 }, node);
    await expect.poll(() => test.status(id)).toBe('UTLOPT');
    const { body } = await get<Timeline>(fra, `/${id}/timeline`);
    expect(body.entries.map(({ kode }) => kode)).toEqual(['MOTTATT', 'UTLOPT', 'TIDSAVBRUDD_SENDT']);
    const notice = await get<Timeline>(fra, `/${body.entries[2]!.meldingId}/timeline`);
    expect(notice.body).toMatchObject({ svarTil: id, mottakerKontoId: fra.id });
  });

  it('links a conversation both ways from any of its messages', async () => {
    const { fra, til } = await pair();
    const a = await test.send(fra, til);
    const b = await test.send(til, fra, { svar_til: a });
    const c = await test.send(til, fra, { svar_til: a });
    const d = await test.send(fra, til, { svar_til: c });
    await test.send(fra, til);
    for (const id of [a, b, c, d]) {
      const { body } = await get<{ meldinger: MeldingView[] }>(til, `/${id}/samtale`);
      expect(body.meldinger.map((melding) => melding.id)).toEqual([a, b, c, d]);
    }
  });

  it('survives answers in a circle and to themselves', async () => {
    const { fra, til } = await pair();
    const a = newId();
    const b = newId();
    await test.send(fra, til, { id: a, svar_til: b });
    await test.send(til, fra, { id: b, svar_til: a });
    const own = newId();
    await test.send(fra, til, { id: own, svar_til: own });
    expect((await get<{ meldinger: MeldingView[] }>(fra, `/${a}/samtale`)).body.meldinger).toHaveLength(2);
    expect((await get<{ meldinger: MeldingView[] }>(fra, `/${own}/samtale`)).body.meldinger).toHaveLength(1);
  });
});

describe('the search for messages', () => {
  it('pages through everything, the newest first, by every filter', async () => {
    const { fra, til } = await pair();
    const dialogue = newId();
    const meldinger = Array.from({ length: 250 }, (_, n) =>
      nyMelding(fra, til, {
        innhold: null,
        type: n % 5 === 0 ? 'no.eksempel.femte' : 'no.eksempel.annen',
        klient_korrelasjons_id: n < 10 ? dialogue : null,
      }),
    );
    const start = new Date(Date.now() - 1000);
    await withTransaction(test.ctx({ tenant: null }), (trx) => taImotMeldinger(trx, meldinger));
    await test.send(til, fra);
    const all: string[] = [];
    for (let cursor: string | undefined, page = 0; page < 4; page++) {
      const { body } = await get<MeldingPage>(til, `?kontoId=${til.id}${cursor ? `&cursor=${cursor}` : ''}`);
      all.push(...body.meldinger.map(({ id }) => id));
      cursor = body.cursor;
      if (!cursor) break;
    }
    expect(all).toHaveLength(251);
    expect(all).toEqual([...all].sort().reverse());
    const count = async (query: string, as = fra) =>
      (await get<MeldingPage>(as, `?${query}`)).body.meldinger.length;
    expect(await count('type=no.eksempel.femte')).toBe(50);
    expect(await count('status=PAA_KO&antall=7')).toBe(7);
    expect(await count('status=KVITTERT')).toBe(0);
    expect(await count(`korrelasjonsId=${dialogue}`)).toBe(10);
    expect(await count(`korrelasjonsId=${dialogue}&type=no.eksempel.femte`)).toBe(2);
    expect(await count(`fra=${start.toISOString()}`)).toBe(100);
    expect(await count(`til=${start.toISOString()}`)).toBe(0);
    expect(await count(`kontoId=${newId()}`)).toBe(0);
    for (const wrong of [
      'antall=101',
      'antall=0',
      'status=x',
      'fra=i-gaar',
      'kontoId=x',
      'cursor=x',
      'type=%00',
      'korrelasjonsId=a%00',
    ])
      expect((await get(fra, `?${wrong}`)).status).toBe(400);
  });

  it('reads no more than a window for a filter that matches little, and goes on from there', async () => {
    const { fra, til } = await pair();
    const rare = nyMelding(fra, til, { innhold: null, type: 'no.eksempel.sjelden' });
    const many = Array.from({ length: 4500 }, () => nyMelding(fra, til, { innhold: null }));
    await withTransaction(test.ctx({ tenant: null }), (trx) => taImotMeldinger(trx, [rare, ...many]));
    const found: string[] = [];
    let pages = 0;
    for (let cursor: string | undefined; ; ) {
      const { body } = await get<MeldingPage>(
        til,
        `?type=no.eksempel.sjelden${cursor ? `&cursor=${cursor}` : ''}`,
      );
      found.push(...body.meldinger.map(({ id }) => id));
      pages++;
      cursor = body.cursor;
      if (!cursor) break;
    }
    expect(found).toEqual([rare.id]);
    expect(pages).toBe(3);
  });
});

describe('what is kept of messages', () => {
  it('is their rows and history for a year after which they go, unless they still wait', async () => {
    const { fra, til } = await pair();
    const old = (ms: number) => {
      const time = (Date.now() - ms).toString(16).padStart(12, '0');
      return `${time.slice(0, 8)}-${time.slice(8)}${newId().slice(13)}`;
    };
    const ids = {
      waiting: await test.send(fra, til, { id: old(400 * DAY_MS) }),
      ended: await test.send(fra, til, { id: old(366 * DAY_MS) }),
      recent: await test.send(fra, til, { id: old(364 * DAY_MS) }),
    };
    await test.owner.query(
      `insert into exchange.hendelse (melding_id, tenant_id, tidspunkt, kode) values ($1, $2, now(), 'KVITTERT')`,
      [ids.ended, til.tenant],
    );
    await test.owner.query(`update exchange.melding set status = 'KVITTERT' where id = any($1)`, [
      [ids.ended, ids.recent],
    ]);
    // The time stands in the row too: an id alone, or a caller's clock, makes nothing old.
    await test.owner.query(
      `update exchange.melding set mottatt = now() - interval '366 days' where id = any($1)`,
      [[ids.waiting, ids.ended]],
    );
    await purgeSchedule().run(test.ctx({ tenant: null }));
    expect(await test.status(ids.waiting)).toBe('PAA_KO');
    expect(await test.status(ids.recent)).toBe('KVITTERT');
    expect(await test.status(ids.ended)).toBeUndefined();
    expect(await test.koder(ids.ended)).toEqual([]);
  });

  it('is no object that no message on a queue needs, and no other room loses one by it', async () => {
    const { fra, til } = await pair();
    const shared = test.storage;
    const own = scopedStore(shared, 'exchange');
    const put = async (store: typeof own, objekt: string) => {
      const key = objectKey(til.tenant, objekt);
      await store.put(
        key,
        (async function* () {
          yield Buffer.from('x');
        })(),
      );
      return key;
    };
    const [used, lost, ended, elsewhere] = [newId(), newId(), newId(), newId()];
    const keys = [await put(own, used), await put(own, lost), await put(own, ended)];
    const foreign = await put(shared, elsewhere);
    await test.send(fra, til, { innhold: null, objekt: used, storrelse: 1 });
    const done = await test.send(fra, til, { innhold: null, objekt: ended, storrelse: 1 });
    await test.owner.query(`update exchange.melding set status = 'KVITTERT' where id = $1`, [done]);
    const sweep = sweepSchedule({
      name: 'exchange.sweep_objects',
      storage: own,
      known: [kjenteObjekter],
      olderThanMs: 0,
    });
    await sweep.run(test.ctx({ tenant: null, now: () => new Date(Date.now() + 1000) }));
    expect(await Promise.all(keys.map((key) => own.stat(key)))).toEqual([{ size: 1 }, null, null]);
    expect(await shared.stat(foreign)).toEqual({ size: 1 });
  });
});
