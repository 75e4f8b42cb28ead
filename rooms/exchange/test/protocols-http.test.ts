import { once } from 'node:events';
import { type ClientRequest, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { writeAsice } from '@grunnmur/exchange-client/asice';
import { createApp } from '@grunnmur/kernel/http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { registerValidate } from '../routes/validate/register-validate.ts';
import { FYLKE, KOMMUNE, LEVERANDOR, newKeys } from './kontoer-fixture.ts';
import { type HttpSystem, startHttp } from './kontoer-http.ts';
import { JSON_EKSEMPLER } from './protocols-messages-json.ts';
import { XML_EKSEMPLER } from './protocols-messages-xml.ts';

const OPPRETT = 'no.ks.fiks.arkiv.v1.arkivering.arkivmelding.opprett';
const PLAN = 'no.ks.fiks.plan.v2.innsyn.arealplan.hent';
const arkivmelding = XML_EKSEMPLER.get(OPPRETT)!.riktig;
const plan = JSON.stringify(JSON_EKSEMPLER.get(PLAN)!.riktig);

describe('POST /api/exchange/valider', () => {
  let url: string;
  let system: HttpSystem;
  let fylke: HttpSystem;
  let leverandor: HttpSystem;

  beforeAll(async () => {
    const fixture = await startHttp();
    system = await fixture.system(KOMMUNE);
    fylke = await fixture.system(FYLKE);
    leverandor = await fixture.system(LEVERANDOR);
    const app = await createApp({ log: fixture.log, version: 'test', publicUrl: 'http://127.0.0.1' });
    const baseCtx = () =>
      fixture.test.ctx({ tenant: null, actor: { kind: 'anonymous', id: '' }, now: () => fixture.clock.now });
    await registerValidate(app, { access: fixture.access, baseCtx });
    await app.listen({ port: 0, host: '127.0.0.1' });
    afterAll(() => app.close());
    url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/api/exchange/valider`;
  });

  type Part = readonly [name: string, content: string | Uint8Array, filename?: string];

  async function post(parts: readonly Part[], headers: Record<string, string> = { ...system.headers }) {
    const form = new FormData();
    for (const [name, content, filename] of parts) {
      if (filename === undefined) form.append(name, content as string);
      else form.append(name, new Blob([content as BlobPart]), filename);
    }
    const answer = await fetch(url, { method: 'POST', headers, body: form });
    return {
      status: answer.status,
      type: answer.headers.get('content-type'),
      // biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field
      body: (await answer.json()) as any,
    };
  }
  const metadata = (change: object): Part => ['metadata', JSON.stringify(change)];

  it('checks files', async () => {
    const { status, body } = await post([
      metadata({ meldingstype: OPPRETT, headere: null }),
      ['payload', arkivmelding, 'arkivmelding.xml'],
      ['payload', '%PDF', 'søknad.pdf'],
    ]);
    expect(status).toBe(200);
    expect(body).toEqual({
      gyldig: true,
      meldingstype: OPPRETT,
      protokoll: { navn: 'no.ks.fiks.arkiv', versjon: 'v1' },
      funn: [],
      filer: [
        { navn: 'arkivmelding.xml', storrelse: Buffer.byteLength(arkivmelding) },
        { navn: 'søknad.pdf', storrelse: 4 },
      ],
    });
    const feil = await post([
      metadata({ meldingstype: OPPRETT, parter: { avsender: 'klient.arkivering', mottaker: 'arkiv.full' } }),
      ['payload', arkivmelding.replace('2026-02-28', 'i går'), 'arkivmelding.xml'],
    ]);
    expect(feil.status).toBe(200);
    expect(feil.body).toMatchObject({ gyldig: false, funn: [{ alvor: 'feil', regel: 'verdi' }] });
  });

  it('checks a container, recognised by its name or by its content', async () => {
    const content = Buffer.from(plan);
    const bytes = await buffer(writeAsice([{ name: 'payload.json', content }], await newKeys()));
    for (const filnavn of ['melding.asice', 'melding.bin']) {
      const { status, body } = await post([metadata({ meldingstype: PLAN }), ['payload', bytes, filnavn]]);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        gyldig: true,
        funn: [],
        filer: [{ navn: 'payload.json' }],
        signert: [{}],
      });
    }
    const to = await post([
      metadata({ meldingstype: PLAN }),
      ['payload', bytes, 'melding.asice'],
      ['payload', plan, 'payload.json'],
    ]);
    expect(to).toMatchObject({
      status: 400,
      body: { code: 'exchange.invalid', errors: [{ field: 'payload' }] },
    });
    const odelagt = await post([metadata({ meldingstype: PLAN }), ['payload', 'tull', 'melding.asice']]);
    expect(odelagt.body.funn).toMatchObject([{ regel: 'not-a-container' }]);
  });

  it('checks messages without a payload', async () => {
    const { body } = await post([metadata({ meldingstype: `${OPPRETT}.mottatt` })]);
    expect(body.funn).toMatchObject([{ regel: 'svar-uten-original', sti: 'svarPaMelding' }]);
    const med = await post([
      metadata({ meldingstype: `${OPPRETT}.mottatt`, svarPaMelding: '0f8fad5b-d9cb-469f-a165-70867728950e' }),
    ]);
    expect(med.body).toMatchObject({ gyldig: true, funn: [], filer: [] });
  });

  it('wants to know who calls', async () => {
    const { status, type, body } = await post([metadata({ meldingstype: PLAN })], {});
    expect(status).toBe(401);
    expect(type).toContain('application/problem+json');
    expect(body.code).toMatch(/^access\./);
  });

  it.each([
    ['no metadata', [['payload', plan, 'payload.json']], 'metadata'],
    ['metadata that is not JSON', [['metadata', '{']], 'metadata'],
    ['no type', [metadata({})], 'metadata.meldingstype'],
    ['an unknown field', [metadata({ meldingstype: PLAN, type: 1 })], 'metadata.type'],
    ['a wrong id', [metadata({ meldingstype: PLAN, svarPaMelding: '1' })], 'metadata.svarPaMelding'],
    ['an unknown part', [metadata({ meldingstype: PLAN }), ['data', plan, 'payload.json']], 'data'],
    ['a file without a name', [metadata({ meldingstype: PLAN }), ['payload', plan]], 'payload'],
    [
      'two files of one name',
      [metadata({ meldingstype: PLAN }), ['payload', plan, 'a.json'], ['payload', plan, 'a.json']],
      'payload',
    ],
  ] satisfies readonly (readonly [string, readonly Part[], string])[])(
    'refuses %s',
    async (_, parts, field) => {
      const { status, type, body } = await post(parts as readonly Part[]);
      expect(status).toBe(400);
      expect(type).toContain('application/problem+json');
      expect(body.code).toBe('exchange.invalid');
      expect(body.errors[0].field).toBe(field);
      expect(body.title).toContain(field);
    },
  );

  describe('has four places', () => {
    const open: ClientRequest[] = [];
    afterEach(() => {
      for (const upload of open.splice(0)) upload.destroy();
    });

    /** Begins an upload and leaves it; resolves when it has its place. */
    async function begin(who: HttpSystem): Promise<void> {
      const upload = request(url, {
        method: 'POST',
        headers: {
          ...who.headers,
          'content-type': 'multipart/form-data; boundary=x',
          expect: '100-continue',
        },
      });
      upload.on('error', () => {});
      open.push(upload);
      await once(upload, 'continue');
      upload.write('--x\r\ncontent-disposition: form-data; name="metadata"\r\n\r\n{');
    }
    const ask = async (who: HttpSystem) =>
      (await post([metadata({ meldingstype: `${OPPRETT}.mottatt` })], { ...who.headers })).status;

    it('of which one organisation has two at most, and the last is for who has none', async () => {
      await begin(system);
      await begin(system);
      await expect.poll(() => ask(system)).toBe(429);
      expect(await ask(fylke)).toBe(200);
      await begin(fylke);
      // Three are taken: the last is for who has none.
      await expect.poll(() => ask(fylke)).toBe(429);
      expect(await ask(leverandor)).toBe(200);
      await begin(leverandor);
      await expect.poll(() => ask(leverandor)).toBe(429);
      const { body, type } = await post([metadata({})], { ...fylke.headers });
      expect([body.code, type]).toEqual(['kernel.rate_limited', expect.stringContaining('problem+json')]);
    });

    it('that are free again as soon as their clients are gone', async () => {
      await begin(system);
      await begin(system);
      await expect.poll(() => ask(system)).toBe(429);
      for (const upload of open.splice(0)) upload.destroy();
      await expect.poll(() => ask(system)).toBe(200);
    });
  });

  it('holds its limits: size, number of files', async () => {
    const stor = new Uint8Array(1_000_000);
    const mange = Array.from({ length: 101 }, (_, nr): Part => ['payload', stor, `${nr}.bin`]);
    const forMye = await post([metadata({ meldingstype: OPPRETT }), ...mange]);
    expect(forMye).toMatchObject({ status: 413, body: { code: 'kernel.too_large' } });
    const filer = Array.from({ length: 1001 }, (_, nr): Part => ['payload', 'x', `${nr}.txt`]);
    const { status, body } = await post([metadata({ meldingstype: OPPRETT }), ...filer]);
    expect([status, body.code]).toEqual([400, 'multipart.too_many_parts']);
    const tung = await post([
      ['metadata', JSON.stringify({ meldingstype: PLAN, headere: { a: 'x'.repeat(70_000) } })],
    ]);
    expect(tung.status).toBe(413);
  });
});
