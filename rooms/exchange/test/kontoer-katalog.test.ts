import { randomUUID, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { KOMMUNE, LEVERANDOR, newKeys, sharedKeys } from './kontoer-fixture.ts';
import { type HttpFixture, type HttpSystem, startHttp } from './kontoer-http.ts';
import { P12 } from './kontoer-p12.ts';

const KATALOG = '/fiks-io/katalog/api/v1';
const PROTOKOLL = '/fiks-protokoll/katalog/api/v1';
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('the catalogue', () => {
  let http: HttpFixture;
  let mine: HttpSystem;
  let theirs: HttpSystem;
  let konto: string;
  let bare: string;

  beforeAll(async () => {
    http = await startHttp();
    mine = await http.system(KOMMUNE);
    theirs = await http.system(LEVERANDOR);
    const { certificatePem } = await sharedKeys();
    konto = await http.admin.createKonto(theirs.ctx, {
      systemId: theirs.systemId,
      navn: 'Arkiv',
      beskrivelse: 'Tar imot',
      offentligNokkel: certificatePem,
    });
    bare = await http.admin.createKonto(theirs.ctx, { systemId: theirs.systemId, navn: 'Uten nøkkel' });
  });

  it('gives any konto to whoever has logged in, with live counts', async () => {
    http.counts.set(konto, { antallKonsumenter: 2, antallUavhentedeMeldinger: 7 });
    const answer = await mine.call('GET', `${KATALOG}/kontoer/${konto}`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      fiksOrgId: theirs.tenant,
      fiksOrgNavn: `Eksempel ${LEVERANDOR}`,
      organisasjonsnummer: LEVERANDOR,
      kontoId: konto,
      kontoNavn: 'Arkiv',
      status: {
        gyldigAvsender: true,
        gyldigMottaker: true,
        melding: 'Kontoen kan sende og motta meldinger',
        antallKonsumenter: 2,
        antallUavhentedeMeldinger: 7,
      },
    });
    const status = await mine.call('GET', `${KATALOG}/kontoer/${konto}/status`);
    expect(status.body).toEqual(answer.body.status);
  });

  it('gives the protokoll catalogue the description too, and the municipality number', async () => {
    await http.admin.setKommunenummer(theirs.ctx, '4601');
    const answer = await mine.call('GET', `${PROTOKOLL}/kontoer/${konto.toUpperCase()}`);
    expect(Object.keys(answer.body).sort()).toEqual(
      [
        'fiksOrgId',
        'fiksOrgNavn',
        'kommunenummer',
        'kontoBeskrivelse',
        'kontoId',
        'kontoNavn',
        'organisasjonsnummer',
        'status',
      ].sort(),
    );
    expect(answer.body).toMatchObject({
      kontoBeskrivelse: 'Tar imot',
      kommunenummer: '4601',
      kontoId: konto,
    });
    const status = await mine.call('GET', `${PROTOKOLL}/kontoer/${konto}/status`);
    expect(status.body).toEqual(answer.body.status);
  });

  it('counts nothing for a konto without a queue, and says why it cannot receive', async () => {
    const { body } = await mine.call('GET', `${KATALOG}/kontoer/${bare}/status`);
    expect(body).toEqual({
      gyldigAvsender: true,
      gyldigMottaker: false,
      melding: 'Kontoen har ingen offentlig nøkkel',
      antallKonsumenter: 0,
      antallUavhentedeMeldinger: 0,
    });
  });

  it('does not find what is unknown, deleted or no UUID', async () => {
    const gone = await http.admin.createKonto(theirs.ctx, { systemId: theirs.systemId, navn: 'Slettet' });
    await http.admin.removeKonto(theirs.ctx, gone);
    for (const id of [randomUUID(), gone, 'x']) {
      for (const path of [
        `${KATALOG}/kontoer/${id}`,
        `${KATALOG}/kontoer/${id}/status`,
        `${PROTOKOLL}/kontoer/${id}`,
      ]) {
        const answer = await mine.call('GET', path);
        expect([answer.status, answer.body.errorCode]).toEqual([404, 'exchange.konto_not_found']);
      }
    }
  });

  it('answers errors in the form of the platform', async () => {
    const { body, headers } = await http.call('GET', `${KATALOG}/kontoer/${konto}?a=b`);
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect(body).toEqual({
      timestamp: expect.any(Number),
      status: 401,
      error: 'Unauthorized',
      errorId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      path: `${KATALOG}/kontoer/${konto}`,
      originalPath: `${KATALOG}/kontoer/${konto}`,
      message: expect.stringContaining('Access token'),
      errorCode: 'access.token_invalid',
    });
    const wrong = await http.call('GET', `${KATALOG}/kontoer/${konto}`, undefined, {
      ...mine.headers,
      integrasjonPassord: 'feil',
    });
    expect([wrong.status, wrong.body.message]).toEqual([
      401,
      `Autentisering feilet for integrasjon med id ${mine.integrasjonId}`,
    ]);
    expect((await mine.call('GET', `${KATALOG}/finnes/ikke`)).body).toMatchObject({
      status: 404,
      error: 'Not Found',
    });
  });

  it('takes a password with blanks around it, and header names in any case', async () => {
    const { AUTHORIZATION, integrasjonId, integrasjonPassord } = mine.headers as Record<string, string>;
    const answer = await http.call('GET', `${KATALOG}/kontoer/${konto}`, undefined, {
      authorization: AUTHORIZATION!,
      INTEGRASJONID: integrasjonId!,
      IntegrasjonPassord: `  ${integrasjonPassord} `,
    });
    expect(answer.status).toBe(200);
  });

  describe('offentligNokkel', () => {
    it('is open, cacheable and without empty dates', async () => {
      const { certificatePem } = await sharedKeys();
      const answer = await http.call('GET', `${KATALOG}/kontoer/${konto}/offentligNokkel`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=60');
      expect(answer.body).toEqual({
        nokkel: certificatePem,
        valid: true,
        validFrom: expect.stringMatching(ISO),
        validTo: expect.stringMatching(ISO),
        serial: expect.stringMatching(/^[0-9A-F]+$/),
        subjectDN: expect.stringContaining('CN=Fagsystem, C=NO'),
        issuerDN: expect.stringContaining('CN=Fagsystem'),
        statusMessage: expect.stringMatching(/^Gyldig/),
      });
      const etag = answer.headers.get('etag')!;
      for (const header of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
        const again = await http.call('GET', `${KATALOG}/kontoer/${konto}/offentligNokkel`, undefined, {
          'if-none-match': header,
        });
        expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, undefined, etag]);
      }
      const other = await http.call('GET', `${KATALOG}/kontoer/${konto}/offentligNokkel`, undefined, {
        'if-none-match': '"x"',
      });
      expect(other.status).toBe(200);
    });

    it('is not found without key or konto', async () => {
      for (const id of [bare, randomUUID(), 'x']) {
        const answer = await http.call('GET', `${KATALOG}/kontoer/${id}/offentligNokkel`);
        expect([answer.status, answer.body.errorCode]).toEqual([404, 'exchange.nokkel_not_found']);
      }
    });

    it('tells of keys that are not valid yet, or no longer', async () => {
      const day = 86_400_000;
      const early = await newKeys({ notBefore: new Date(Date.now() + day) });
      const late = await newKeys({
        notBefore: new Date(Date.now() - 2 * day),
        notAfter: new Date(Date.now() - day),
      });
      for (const [keys, text] of [
        [early, /^Sertifikatet er ikke gyldig før/],
        [late, /^Sertifikatet utløp /],
      ] as const) {
        await http.admin.setNokkel(theirs.ctx, bare, keys.certificatePem);
        const { body } = await http.call('GET', `${KATALOG}/kontoer/${bare}/offentligNokkel`);
        expect([body.valid, body.statusMessage]).toEqual([false, expect.stringMatching(text)]);
        const status = await mine.call('GET', `${KATALOG}/kontoer/${bare}/status`);
        expect(status.body.gyldigMottaker).toBe(false);
      }
      await http.admin.removeNokkel(theirs.ctx, bare);
    });
  });

  describe('sertifikat/verifiser', () => {
    const verify = (file: string | Uint8Array | undefined, format: string | undefined, passord?: string) => {
      const form = new FormData();
      if (file !== undefined) form.append('file', new Blob([file as BlobPart]), 'nokkel.pem');
      if (format !== undefined) form.append('format', format);
      if (passord !== undefined) form.append('passord', passord);
      return mine.call('POST', `${KATALOG}/sertifikat/verifiser`, form);
    };

    it('tells whether a certificate could be used', async () => {
      const { certificatePem, privateKeyPem } = await sharedKeys();
      expect((await verify(certificatePem, 'PEM')).body).toEqual({
        gyldig: true,
        melding: expect.stringMatching(/^Gyldig/),
        offentligNokkel: certificatePem,
      });
      for (const junk of ['tull', privateKeyPem, certificatePem.split('\n').toSpliced(4, 5).join('\n')]) {
        const { status, body } = await verify(junk, 'PEM');
        expect([status, body.gyldig, body.offentligNokkel]).toEqual([200, false, '']);
      }
    });

    it('finds the certificate in a P12, with the right password only', async () => {
      const { status, body } = await verify(P12, 'P12', 'hemmelig');
      expect([status, body.gyldig, body.melding]).toEqual([200, true, 'Gyldig']);
      expect(new X509Certificate(body.offentligNokkel).subject).toContain('CN=Fagsystem i P12');
      expect((await verify(P12, 'P12', 'feil')).body.gyldig).toBe(false);
    });

    it('does not take junk for a P12', async () => {
      const { status, body } = await verify(new Uint8Array(100), 'P12', 'hemmelig');
      expect([status, body]).toEqual([
        200,
        { gyldig: false, melding: 'Filen kan ikke leses, eller passordet er feil', offentligNokkel: '' },
      ]);
    });

    it('names what is missing, and has limits', async () => {
      const { certificatePem } = await sharedKeys();
      for (const [answer, field] of [
        [await verify(undefined, 'PEM'), 'file'],
        [await verify(certificatePem, undefined), 'format'],
        [await verify(certificatePem, 'DER'), 'format'],
        [await verify(certificatePem, 'PEM', 'x'.repeat(1001)), 'passord'],
      ] as const) {
        expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining(field)]);
      }
      expect((await verify(new Uint8Array(300_000), 'PEM')).status).toBe(413);
      expect((await mine.call('POST', `${KATALOG}/sertifikat/verifiser`, '{}')).status).toBe(400);
    });
  });
});
