import { createPublicKey, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { FYLKE, KOMMUNE, LEVERANDOR, newKeys, sharedKeys } from './kontoer-fixture.ts';
import { type HttpFixture, type HttpSystem, startHttp } from './kontoer-http.ts';
import { EC_CERTIFICATE, WEAK_CERTIFICATE } from './kontoer-weak-keys.ts';

const BASE = '/fiks-io/konto/api/v1';
const KATALOG = '/fiks-io/katalog/api/v1';

describe('administration of Fiks IO-kontoer', () => {
  let http: HttpFixture;
  let mine: HttpSystem;
  let theirs: HttpSystem;

  beforeAll(async () => {
    http = await startHttp();
    mine = await http.system(KOMMUNE);
    theirs = await http.system(LEVERANDOR);
  });

  const create = async (system: HttpSystem, navn = 'Sak', more: object = { skalAktiveres: true }) => {
    const body = { konto: { fiksOrgId: system.tenant, navn }, ...more };
    const answer = await system.call('POST', `${BASE}/kontoer`, body);
    expect(answer.status).toBe(201);
    return answer.body.kontoId as string;
  };

  it('creates a konto in the own system, and gives its id in a header', async () => {
    const { certificatePem } = await sharedKeys();
    const answer = await mine.call('POST', `${BASE}/kontoer`, {
      konto: { fiksOrgId: mine.tenant, navn: 'Byggesak (ny) & §' },
      offentligNokkel: certificatePem,
      skalAktiveres: true,
      forelderresurs: mine.systemId,
      ukjent: null,
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('kontoid')).toBe(answer.body.kontoId);
    expect(answer.body).toEqual({
      fiksOrgId: mine.tenant,
      fiksOrgNavn: `Eksempel ${KOMMUNE}`,
      kontoId: expect.any(String),
      kontoNavn: 'Byggesak (ny) & §',
      opprettet: expect.any(String),
      sistEndret: expect.any(String),
      sistEndretAv: mine.integrasjonId,
      dokumentlagerKontoId: answer.body.kontoId,
      aktiv: true,
      status: { gyldigAvsender: true, gyldigMottaker: true, melding: 'Kontoen kan sende og motta meldinger' },
      offentligNokkel: expect.objectContaining({ nokkel: certificatePem, valid: true }),
    });
    const read = await mine.call('GET', `${BASE}/kontoer/${answer.body.kontoId}`);
    expect([read.status, read.body]).toEqual([200, answer.body]);
  });

  it('names what is wrong with a new konto, and stores nothing', async () => {
    const before = (await mine.call('GET', `${BASE}/kontosok`)).body.length;
    const konto = { fiksOrgId: mine.tenant, navn: 'Sak' };
    for (const [body, status, text] of [
      [{}, 400, 'konto: mangler'],
      [{ konto: { ...konto, navn: '' } }, 400, 'konto.navn'],
      [{ konto: { ...konto, navn: ' blank' } }, 400, 'konto.navn'],
      [{ konto: { ...konto, navn: '<b>' } }, 400, 'konto.navn'],
      [{ konto: { ...konto, navn: 'x'.repeat(201) } }, 400, 'konto.navn'],
      [{ konto: { ...konto, navn: 5 } }, 400, 'konto.navn'],
      [{ konto: { ...konto, fiksOrgId: 'x' } }, 400, 'konto.fiksOrgId'],
      [{ konto: { ...konto, fiksOrgId: theirs.tenant } }, 404, 'organisasjonen'],
      [{ konto, forelderresurs: randomUUID() }, 404, 'systemet'],
      [{ konto, offentligNokkel: 'tull' }, 400, 'PEM'],
      ['{"konto":', 400, 'JSON'],
      [`${'['.repeat(20)}${']'.repeat(20)}`, 400, 'nivåer'],
      ['"\\u0000"', 400, 'tegn'],
    ] as const) {
      const answer = await mine.call('POST', `${BASE}/kontoer`, body);
      expect([answer.status, answer.body.message]).toEqual([status, expect.stringContaining(text)]);
    }
    expect((await mine.call('GET', `${BASE}/kontosok`)).body).toHaveLength(before);
    expect((await mine.call('POST', `${BASE}/kontoer`, `"${'x'.repeat(300_000)}"`)).status).toBe(413);
  });

  it('changes name and state, and closes the queue of a konto that is stopped or deleted', async () => {
    const id = await create(mine);
    const at = `${BASE}/kontoer/${id}`;
    expect((await mine.call('PUT', `${at}/kontoNavn`, { kontoNavn: 'Ny' })).status).toBe(204);
    expect((await mine.call('PUT', `${at}/kontoNavn`, { kontoNavn: null })).status).toBe(400);
    const stopped = await mine.call('PUT', `${at}/deaktiver`);
    expect(stopped.body).toMatchObject({
      kontoNavn: 'Ny',
      aktiv: false,
      status: { gyldigAvsender: false, gyldigMottaker: false, melding: 'Kontoen er deaktivert' },
    });
    expect(http.closed.at(-1)).toMatchObject({ id, aktiv: false, slettet: false });
    // The clients send their usual Content-Type with calls that have no body.
    const started = await mine.call('PUT', `${at}/aktiver`, undefined, {
      'content-type': 'application/json',
    });
    expect([started.status, started.body.aktiv]).toEqual([200, true]);
    const deleted = await mine.call('DELETE', at);
    expect([deleted.status, deleted.body]).toEqual([200, undefined]);
    expect(http.closed.at(-1)).toMatchObject({ id, slettet: true });
    for (const [method, path] of [
      ['GET', at],
      ['DELETE', at],
      ['PUT', `${at}/aktiver`],
    ] as const)
      expect((await mine.call(method, path)).status).toBe(404);
  });

  it('searches in the own system only', async () => {
    const id = await create(mine, 'Søkes');
    const stopped = await create(mine, 'Stanset', {});
    const ids = async (query: string, system = mine) =>
      (await system.call('GET', `${BASE}/kontosok${query}`)).body.map(
        (konto: { kontoId: string }) => konto.kontoId,
      );
    expect(await ids('')).toEqual(expect.arrayContaining([id, stopped]));
    expect(await ids('?aktiv=true')).not.toContain(stopped);
    expect(await ids(`?aktiv=false&fiksOrgId=${mine.tenant}`)).toContain(stopped);
    expect(await ids(`?fiksOrgId=${theirs.tenant}`)).toEqual([]);
    expect(await ids('', theirs)).not.toContain(id);
    expect((await mine.call('GET', `${BASE}/kontosok?aktiv=kanskje`)).status).toBe(400);
    expect((await mine.call('GET', `${BASE}/kontosok?fiksOrgId=x`)).status).toBe(400);
  });

  describe('keys', () => {
    it('takes every published form of upload', async () => {
      const id = await create(mine);
      const { certificatePem } = await sharedKeys();
      const form = new FormData();
      form.append('file', new Blob([certificatePem]), 'nokkel.pem');
      for (const [path, body] of [
        [`${BASE}/kontoer/${id}/offentligNokkel`, { pem: certificatePem }],
        [`${BASE}/kontoer/${id}/offentligNokkel`, form],
        [`${BASE}/kontoer/${id}/offentligNokkelString`, { pem: certificatePem }],
        [
          `${KATALOG}/kontoer/${id}/offentligNokkel`,
          { nokkel: `\r\n${certificatePem.replaceAll('\n', '\r\n')}` },
        ],
      ] as const) {
        const answer = await mine.call('PUT', path, body);
        expect([answer.status, answer.body.nokkel, answer.body.valid]).toEqual([201, certificatePem, true]);
      }
      // The same certificate four times is one key.
      expect(await http.admin.nokler(mine.ctx, id)).toHaveLength(1);
    });

    it('keeps earlier keys, and gives the newest at once', async () => {
      const id = await create(mine);
      const [first, second] = [await sharedKeys(), await newKeys()];
      const at = `${BASE}/kontoer/${id}/offentligNokkel`;
      for (const keys of [first, second, first]) {
        expect((await mine.call('PUT', at, { pem: keys.certificatePem })).status).toBe(201);
        const open = await http.call('GET', `${KATALOG}/kontoer/${id}/offentligNokkel`);
        expect(open.body.nokkel).toBe(keys.certificatePem);
      }
      const history = await http.admin.nokler(mine.ctx, id);
      expect(history.map((key) => key.erstattet === null)).toEqual([true, false, false]);
      expect((await mine.call('GET', at)).body.nokkel).toBe(first.certificatePem);
      expect((await mine.call('DELETE', at)).status).toBe(204);
      expect((await mine.call('DELETE', at)).body.errorCode).toBe('exchange.nokkel_not_found');
      expect((await mine.call('GET', at)).status).toBe(404);
      expect((await http.call('GET', `${KATALOG}/kontoer/${id}/offentligNokkel`)).status).toBe(404);
    });

    it('refuses keys that nobody should encrypt for', async () => {
      const id = await create(mine);
      const { certificatePem, privateKeyPem } = await sharedKeys();
      const publicKey = createPublicKey(certificatePem).export({ type: 'spki', format: 'pem' }).toString();
      for (const [pem, text] of [
        [WEAK_CERTIFICATE, '1024 bit'],
        [EC_CERTIFICATE, 'RSA'],
        [publicKey, 'BEGIN CERTIFICATE'],
        [privateKeyPem, 'BEGIN CERTIFICATE'],
        [certificatePem + privateKeyPem, 'privat nøkkel'],
        [certificatePem + certificatePem, 'flere sertifikater'],
        [certificatePem.split('\n').toSpliced(4, 5).join('\n'), 'kan ikke leses'],
        ['', 'PEM'],
        ['x'.repeat(20_000), 'lengre enn'],
      ] as const) {
        const answer = await mine.call('PUT', `${BASE}/kontoer/${id}/offentligNokkel`, { pem });
        expect([answer.status, answer.body.errorCode, answer.body.message]).toEqual([
          400,
          'exchange.invalid_certificate',
          expect.stringContaining(text),
        ]);
      }
      for (const body of [{}, { pem: 5 }, undefined, new FormData()])
        expect((await mine.call('PUT', `${BASE}/kontoer/${id}/offentligNokkel`, body)).status).toBe(400);
      expect(await http.admin.nokler(mine.ctx, id)).toEqual([]);
    });
  });

  it('limits who a konto takes messages from', async () => {
    const [id, sender] = [await create(mine), await create(theirs, 'Avsender')];
    const at = `${BASE}/kontoer/${id}/aksepterteAvsendere`;
    const check = `${BASE}/kontoer/${id}/validerMelding`;
    const message = { avsenderKontoId: sender, meldingsType: 'no.eksempel.v1', harPayload: true };
    expect((await mine.call('GET', at)).body).toEqual({ avsendere: [], aktivert: false });
    expect((await theirs.call('POST', check, message)).status).toBe(204);
    expect((await mine.call('PUT', `${at}/aktiver`)).status).toBe(204);
    expect((await theirs.call('POST', check, message)).body).toEqual([
      expect.objectContaining({ status: 403, errorCode: 'exchange.not_accepted' }),
    ]);
    for (let time = 0; time < 2; time++)
      expect((await mine.call('POST', at, { kontoId: sender })).status).toBe(204);
    expect((await mine.call('GET', at)).body).toEqual({
      avsendere: [{ kontoId: sender, kontoNavn: 'Avsender', fiksOrgNavn: `Eksempel ${LEVERANDOR}` }],
      aktivert: true,
    });
    expect((await theirs.call('POST', check, message)).status).toBe(204);
    expect((await mine.call('DELETE', `${at}/${sender}`)).status).toBe(200);
    expect((await mine.call('DELETE', `${at}/${sender}`)).status).toBe(404);
    expect((await theirs.call('POST', check, message)).status).toBe(400);
    expect((await mine.call('PUT', `${at}/deaktiver`)).status).toBe(204);
    expect((await theirs.call('POST', check, message)).status).toBe(204);
    expect((await mine.call('POST', at, { kontoId: randomUUID() })).status).toBe(404);
    expect((await mine.call('POST', at, { kontoId: 'x' })).status).toBe(400);
  });

  it('answers validerMelding with every broken rule, and only to the owner of one of the kontoer', async () => {
    const [id, sender] = [await create(mine, 'Mottaker', {}), await create(theirs, 'Avsender', {})];
    const message = { avsenderKontoId: sender, meldingsType: 'no.eksempel.v1', harPayload: true };
    const answer = await mine.call('POST', `${BASE}/kontoer/${id}/validerMelding`, message);
    expect(answer.status).toBe(400);
    expect(answer.body.map((each: { message: string }) => each.message)).toEqual([
      'Kontoen kan ikke sende eller motta: avsenderkontoen er deaktivert',
      'Kontoen kan ikke sende eller motta: mottakerkontoen er deaktivert',
    ]);
    expect(Object.keys(answer.body[0]).sort()).toEqual(
      ['error', 'errorCode', 'errorId', 'message', 'originalPath', 'path', 'status', 'timestamp'].sort(),
    );
    const third = await http.system(FYLKE);
    expect((await third.call('POST', `${BASE}/kontoer/${id}/validerMelding`, message)).status).toBe(404);
    const unknown = { ...message, avsenderKontoId: randomUUID() };
    expect((await mine.call('POST', `${BASE}/kontoer/${id}/validerMelding`, unknown)).body).toEqual([
      expect.objectContaining({ errorCode: 'exchange.avsender_not_allowed' }),
    ]);
    for (const body of [{}, { ...message, meldingsType: '' }, { ...message, harPayload: 'ja' }])
      expect((await mine.call('POST', `${BASE}/kontoer/${id}/validerMelding`, body)).body.status).toBe(400);
  });

  it("does not find other organisations' kontoer by any call", async () => {
    const id = await create(theirs);
    const at = `${BASE}/kontoer/${id}`;
    const { certificatePem } = await sharedKeys();
    for (const [method, path, body] of [
      ['GET', at],
      ['DELETE', at],
      ['PUT', `${at}/kontoNavn`, { kontoNavn: 'Min' }],
      ['PUT', `${at}/aktiver`],
      ['PUT', `${at}/deaktiver`],
      ['GET', `${at}/offentligNokkel`],
      ['PUT', `${at}/offentligNokkel`, { pem: certificatePem }],
      ['PUT', `${at}/offentligNokkelString`, { pem: certificatePem }],
      ['DELETE', `${at}/offentligNokkel`],
      ['PUT', `${KATALOG}/kontoer/${id}/offentligNokkel`, { nokkel: certificatePem }],
      ['GET', `${at}/aksepterteAvsendere`],
      ['POST', `${at}/aksepterteAvsendere`, { kontoId: id }],
      ['PUT', `${at}/aksepterteAvsendere/aktiver`],
      ['DELETE', `${at}/aksepterteAvsendere/${id}`],
      ['GET', `${at}/adresser`],
      ['POST', `${at}/adresser`, { beskrivelse: 'x' }],
    ] as const) {
      const answer = await mine.call(method, path, body);
      expect([path, answer.status, answer.body.errorCode]).toEqual([path, 404, 'exchange.konto_not_found']);
    }
    expect((await theirs.call('GET', at)).body.kontoNavn).toBe('Sak');
  });

  it('refuses changes, not looks, when configuration by API is off', async () => {
    const id = await create(mine);
    await http.admin.setKonfigureresAvIntegrasjon(mine.ctx, mine.systemId, false);
    const refused = await mine.call('PUT', `${BASE}/kontoer/${id}/deaktiver`);
    expect([refused.status, refused.body.errorCode]).toEqual([403, 'exchange.configuration_off']);
    const konto = { fiksOrgId: mine.tenant, navn: 'Sak' };
    expect((await mine.call('POST', `${BASE}/kontoer`, { konto })).status).toBe(403);
    expect((await mine.call('GET', `${BASE}/kontoer/${id}`)).status).toBe(200);
    await http.admin.setKonfigureresAvIntegrasjon(mine.ctx, mine.systemId, true);
  });

  it('needs the three headers', async () => {
    for (const [method, path] of [
      ['GET', `${BASE}/kontosok`],
      ['PUT', `${KATALOG}/kontoer/${randomUUID()}/offentligNokkel`],
      ['PUT', `${BASE}/kontoer/${randomUUID()}/offentligNokkel`],
    ] as const)
      expect((await http.call(method, path)).body).toMatchObject({ status: 401, error: 'Unauthorized' });
  });
});
