import { beforeAll, describe, expect, it } from 'vitest';
import { KOMMUNE, sharedKeys } from './kontoer-fixture.ts';
import type { HttpFixture, HttpSystem } from './kontoer-http.ts';
import { ARKIV, BASE, FAGSYSTEM, newKonto, p, startProtokoll } from './kontoer-protokoll-setup.ts';

describe('protokoll configuration', () => {
  let http: HttpFixture;
  let fag: HttpSystem;
  let arkiv: HttpSystem;
  let other: HttpSystem;
  let fagKonto: string;
  let arkivKonto: string;

  beforeAll(async () => {
    ({ http, fag, arkiv, other, fagKonto, arkivKonto } = await startProtokoll());
  });

  describe('kontoer', () => {
    it('are created and read with every published field', async () => {
      const { certificatePem } = await sharedKeys();
      const body = { ...newKonto('Med nøkkel', [FAGSYSTEM, FAGSYSTEM]), offentligNokkel: certificatePem };
      const made = await fag.call('POST', `${p(fag)}/kontoer`, body);
      expect(made.status).toBe(201);
      expect(made.body).toEqual({
        id: expect.any(String),
        navn: 'Med nøkkel',
        beskrivelse: 'Beskrivelse av Med nøkkel',
        stottetProtokollNavn: ARKIV,
        parts: [
          {
            navn: 'klient.full',
            beskrivelse: expect.any(String),
            protokollnavn: ARKIV,
            protokollversjon: 'v1',
            avsenderMeldingstyper: expect.arrayContaining(['no.ks.fiks.arkiv.v1.innsyn.sok']),
            mottakerMeldingstyper: expect.any(Array),
            stottedeParter: expect.arrayContaining(['arkiv.full']),
          },
        ],
        offentligNokkel: expect.objectContaining({ nokkel: certificatePem, valid: true }),
        opprettet: expect.any(String),
        sistEndret: expect.any(String),
        sendMeldingerDeaktivert: false,
      });
      const read = await fag.call('GET', `${p(fag)}/kontoer/${made.body.id}`);
      expect([read.status, read.body]).toEqual([200, made.body]);
      expect((await fag.call('DELETE', `${p(fag)}/kontoer/${made.body.id}`)).status).toBe(204);
      expect((await fag.call('GET', `${p(fag)}/kontoer/${made.body.id}`)).status).toBe(404);
      expect(http.closed.at(-1)).toMatchObject({ id: made.body.id, slettet: true });
    });

    it('are taken in the older form too', async () => {
      const { parts: _, ...older } = newKonto('Eldre', []);
      const body = {
        ...older,
        stottetProtokollNavn: `\t${ARKIV}`,
        stottetProtokollVersjon: 'v1',
        part: 'klient.full',
      };
      const made = await fag.call('POST', `${p(fag)}/kontoer`, body);
      expect([made.status, made.body.parts[0].navn, made.body.offentligNokkel]).toEqual([
        201,
        'klient.full',
        undefined,
      ]);
      await fag.call('DELETE', `${p(fag)}/kontoer/${made.body.id}`);
    });

    it('name what is wrong', async () => {
      const good = newKonto('Konto', [FAGSYSTEM]);
      for (const [change, status, text] of [
        [{ navn: undefined }, 400, 'navn: mangler'],
        [{ navn: 'Slutt ' }, 400, 'navn'],
        [{ navn: 'x'.repeat(201) }, 400, 'navn'],
        [{ beskrivelse: '' }, 400, 'beskrivelse'],
        [{ beskrivelse: 'x'.repeat(501) }, 400, 'beskrivelse'],
        [{ parts: [] }, 400, 'parts'],
        [{ parts: undefined }, 400, 'parts'],
        [{ parts: [{ partNavn: 'klient.full' }] }, 400, 'parts.0.stottetProtokollVersjon'],
        [{ parts: [{ ...FAGSYSTEM, partNavn: 'ukjent' }] }, 400, 'ikke en part'],
        [{ parts: [{ ...FAGSYSTEM, stottetProtokollVersjon: 'v99' }] }, 404, 'protokollen'],
        [{ stottetProtokollNavn: 'no.finnes.ikke' }, 404, 'protokollen'],
        [{ offentligNokkel: 'tull' }, 400, 'PEM'],
      ] as const) {
        const answer = await fag.call('POST', `${p(fag)}/kontoer`, { ...good, ...change });
        expect([answer.status, answer.body.message]).toEqual([status, expect.stringContaining(text)]);
      }
    });

    it('change name, key and parties', async () => {
      const at = `${p(fag)}/kontoer/${fagKonto}`;
      const { certificatePem } = await sharedKeys();
      expect((await fag.call('PUT', `${at}/info`, { navn: 'Fagkonto', beskrivelse: 'Ny' })).status).toBe(204);
      const key = await fag.call('PUT', `${at}/pem`, { offentligNokkel: certificatePem });
      expect([key.status, key.body.nokkel]).toEqual([200, certificatePem]);
      const parts = [FAGSYSTEM, { partNavn: 'klient.full', stottetProtokollVersjon: 'v2' }];
      const changed = await fag.call('POST', `${at}/parter`, { parts });
      expect(changed.body.parter.map((part: { protokollversjon: string }) => part.protokollversjon)).toEqual([
        'v1',
        'v2',
      ]);
      expect((await fag.call('POST', `${at}/parter`, { parts: [FAGSYSTEM] })).body.parter).toHaveLength(1);
      expect((await fag.call('GET', at)).body).toMatchObject({ beskrivelse: 'Ny', navn: 'Fagkonto' });
      for (const [method, path, body] of [
        ['PUT', 'info', { navn: 'x' }],
        ['PUT', 'pem', {}],
        ['PUT', 'pem', { offentligNokkel: 'x' }],
        ['POST', 'parter', { parts: [] }],
      ] as const)
        expect((await fag.call(method, `${at}/${path}`, body)).status).toBe(400);
    });
  });

  it('describes the system with every published field and live counts', async () => {
    http.counts.set(fagKonto, { antallKonsumenter: 1, antallUavhentedeMeldinger: 5 });
    const { status, body } = await fag.call('GET', p(fag));
    expect(status).toBe(200);
    expect(body).toEqual({
      id: fag.systemId,
      integrasjonId: fag.integrasjonId,
      orgnummer: KOMMUNE,
      navn: 'Fagsystem',
      beskrivelse: 'Sak',
      eposter: [],
      kontoer: [
        {
          id: fagKonto,
          navn: 'Fagkonto',
          beskrivelse: expect.any(String),
          stottetProtokollNavn: ARKIV,
          parter: [{ navn: 'klient.full', protokollnavn: ARKIV, protokollversjon: 'v1' }],
          metrikk: { meldingerPaKo: 5, antallKonsumenter: 1 },
          sendMeldingerDeaktivert: false,
        },
      ],
      tilgangTilKontoer: [],
      forespurteTilgangerTilKontoer: [],
      offentlig: false,
      automatiskGodkjenning: false,
      konfigureresAvIntegrasjon: true,
      fiksOrg: { id: fag.tenant, navn: `Eksempel ${KOMMUNE}` },
      opprettet: expect.any(String),
      sistEndret: expect.any(String),
    });
    const info = { navn: 'F', beskrivelse: '', eposter: ['a@b.no'], offentlig: false };
    for (const change of [
      { eposter: [] },
      { eposter: ['ikke'] },
      { offentlig: undefined },
      { offentlig: 'ja' },
      { navn: '' },
    ])
      expect((await fag.call('PUT', `${p(fag)}/info`, { ...info, ...change })).status).toBe(400);
  });

  it('gives the protocols', async () => {
    const at = `${BASE}/${fag.tenant}/protokoller`;
    const all = (await fag.call('GET', at)).body;
    expect(all.find((each: { navn: string }) => each.navn === ARKIV)).toEqual({
      navn: ARKIV,
      protokollversjon: 'v1',
      beskrivelse: expect.any(String),
      parter: expect.arrayContaining(['arkiv.full']),
      status: 'AKTIV',
    });
    const parts = (await fag.call('GET', `${at}/${ARKIV}`)).body.parter;
    expect(new Set(parts.map((part: { protokollversjon: string }) => part.protokollversjon))).toEqual(
      new Set(['v1', 'v2']),
    );
    const one = (await fag.call('GET', `${at}/${ARKIV}/v1`)).body;
    expect(Object.keys(one).sort()).toEqual([
      'beskrivelse',
      'meldingstyper',
      'navn',
      'parter',
      'protokollversjon',
      'status',
    ]);
    expect(one.meldingstyper).toContainEqual({
      meldingstypeNavn: 'no.ks.fiks.arkiv.v1.innsyn.sok',
      payloadKriterie: 'REQUIRED',
      erFeilmelding: false,
    });
    for (const path of [`${at}/finnes.ikke`, `${at}/${ARKIV}/v99`])
      expect((await fag.call('GET', path)).body.errorCode).toBe('exchange.protokoll_not_found');
    expect((await fag.call('GET', `${BASE}/${arkiv.tenant}/protokoller`)).body.errorCode).toBe(
      'exchange.organisasjon_not_found',
    );
  });

  it("finds nothing through somebody else's system, organisation or konto", async () => {
    const calls = (path: string, konto: string) =>
      [
        ['GET', path],
        ['PUT', `${path}/info`, { navn: 'x', beskrivelse: '', eposter: ['a@b.no'], offentlig: true }],
        ['POST', `${path}/kontoer`, newKonto('Konto', [FAGSYSTEM])],
        ['POST', `${path}/konto-sok`, {}],
        ['GET', `${path}/organisasjoner`],
        ['POST', `${path}/forespurteTilganger/${arkivKonto}`],
        ['DELETE', `${path}/tilganger/${arkivKonto}`],
        ['GET', `${path}/kontoer/${konto}`],
        ['DELETE', `${path}/kontoer/${konto}`],
        ['PUT', `${path}/kontoer/${konto}/info`, { navn: 'x', beskrivelse: 'x' }],
        ['PUT', `${path}/kontoer/${konto}/pem`, { offentligNokkel: 'x' }],
        ['POST', `${path}/kontoer/${konto}/parter`, { parts: [FAGSYSTEM] }],
        ['GET', `${path}/kontoer/${konto}/tilganger`],
        ['POST', `${path}/kontoer/${konto}/tilganger/${fag.systemId}`],
        ['DELETE', `${path}/kontoer/${konto}/tilganger/${fag.systemId}`],
        ['GET', `${path}/kontoer/${konto}/forespurteTilganger`],
        ['DELETE', `${path}/kontoer/${konto}/forespurteTilganger/${fag.systemId}`],
        ['POST', `${path}/kontoer/${konto}/system-sok`, {}],
      ] as const;
    for (const path of [
      p(arkiv),
      `${BASE}/${fag.tenant}/systemer/${arkiv.systemId}`,
      `${BASE}/${arkiv.tenant}/systemer/${fag.systemId}`,
      `${BASE}/x/systemer/y`,
    ])
      for (const [method, url, body] of calls(path, arkivKonto)) {
        const answer = await fag.call(method, url, body);
        expect([method, url, answer.status, answer.body.errorCode]).toEqual([
          method,
          url,
          404,
          'exchange.system_not_found',
        ]);
      }
    for (const [method, url, body] of calls(p(fag), arkivKonto).slice(7)) {
      const answer = await fag.call(method, url, body);
      expect([method, url, answer.status, answer.body.errorCode]).toEqual([
        method,
        url,
        404,
        'exchange.konto_not_found',
      ]);
    }
  });

  it('is for systems with FIKS.KONFIGURER only', async () => {
    await http.admin.setKonfigureresAvIntegrasjon(other.ctx, other.systemId, false);
    for (const [method, path] of [
      ['GET', p(other)],
      ['POST', `${p(other)}/konto-sok`],
    ] as const) {
      const answer = await other.call(method, path);
      expect([answer.status, answer.body.message]).toEqual([403, expect.stringContaining('FIKS.KONFIGURER')]);
    }
  });
});
