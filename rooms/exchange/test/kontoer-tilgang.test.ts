import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { KOMMUNE, LEVERANDOR } from './kontoer-fixture.ts';
import type { HttpFixture, HttpSystem } from './kontoer-http.ts';
import { ARKIV, ARKIVET, newKonto, p, startProtokoll } from './kontoer-protokoll-setup.ts';

describe('access to protokoll-kontoer, and the directory', () => {
  let http: HttpFixture;
  let fag: HttpSystem;
  let arkiv: HttpSystem;
  let other: HttpSystem;
  let fagKonto: string;
  let arkivKonto: string;

  beforeAll(async () => {
    ({ http, fag, arkiv, other, fagKonto, arkivKonto } = await startProtokoll());
  });

  describe('access', () => {
    const type = 'no.ks.fiks.arkiv.v1.innsyn.sok';
    const send = () =>
      http.kontoer.checkSend(fag.ctx, fag.principal, {
        avsenderKontoId: fagKonto,
        mottakerKontoId: arkivKonto,
        meldingType: type,
        harPayload: true,
      });
    const names = (answer: { body: { navn: string }[] }) => answer.body.map(({ navn }) => navn);

    it('is asked for, seen by both, granted, seen by both and given up', async () => {
      const tilganger = `${p(arkiv)}/kontoer/${arkivKonto}/tilganger`;
      const forespurte = `${p(arkiv)}/kontoer/${arkivKonto}/forespurteTilganger`;
      const mine = async () => (await fag.call('GET', p(fag))).body;
      await expect(send()).rejects.toMatchObject({ code: 'exchange.no_access' });
      for (let time = 0; time < 2; time++)
        expect((await fag.call('POST', `${p(fag)}/forespurteTilganger/${arkivKonto}`)).status).toBe(201);
      expect((await arkiv.call('GET', forespurte)).body).toEqual([
        { id: fag.systemId, navn: 'Fagsystem', beskrivelse: 'Sak', fiksOrgNavn: `Eksempel ${KOMMUNE}` },
      ]);
      expect(names({ body: (await mine()).forespurteTilgangerTilKontoer })).toEqual(['Arkivkonto']);
      await expect(send()).rejects.toMatchObject({ code: 'exchange.no_access' });

      // The system is not public, but it has asked.
      expect((await arkiv.call('POST', `${tilganger}/${fag.systemId}`)).status).toBe(201);
      expect(names(await arkiv.call('GET', tilganger))).toEqual(['Fagsystem']);
      expect((await arkiv.call('GET', forespurte)).body).toEqual([]);
      expect((await mine()).tilgangTilKontoer).toEqual([
        expect.objectContaining({
          id: arkivKonto,
          stottetProtokollNavn: ARKIV,
          parter: [expect.objectContaining({ navn: 'arkiv.full', protokollversjon: 'v1' })],
          system: {
            id: arkiv.systemId,
            navn: 'Arkivsystem',
            beskrivelse: 'Noark',
            fiksOrg: { id: arkiv.tenant, navn: `Eksempel ${LEVERANDOR}` },
          },
        }),
      ]);
      await expect(send()).resolves.toMatchObject({ mottaker: { id: arkivKonto } });

      expect((await fag.call('DELETE', `${p(fag)}/tilganger/${arkivKonto}`)).status).toBe(204);
      expect((await fag.call('DELETE', `${p(fag)}/tilganger/${arkivKonto}`)).status).toBe(404);
      await expect(send()).rejects.toMatchObject({ code: 'exchange.no_access' });
    });

    it('is withdrawn, refused and taken away', async () => {
      const konto = `${p(arkiv)}/kontoer/${arkivKonto}`;
      const ask = () => fag.call('POST', `${p(fag)}/forespurteTilganger/${arkivKonto}`);
      await ask();
      expect((await fag.call('DELETE', `${p(fag)}/forespurteTilganger/${arkivKonto}`)).status).toBe(204);
      expect((await fag.call('DELETE', `${p(fag)}/forespurteTilganger/${arkivKonto}`)).status).toBe(404);
      await ask();
      expect((await arkiv.call('DELETE', `${konto}/forespurteTilganger/${fag.systemId}`)).status).toBe(204);
      expect((await arkiv.call('DELETE', `${konto}/forespurteTilganger/${fag.systemId}`)).status).toBe(404);
      await ask();
      await arkiv.call('POST', `${konto}/tilganger/${fag.systemId}`);
      expect((await arkiv.call('DELETE', `${konto}/forespurteTilganger/${fag.systemId}`)).status).toBe(404);
      expect((await arkiv.call('DELETE', `${konto}/tilganger/${fag.systemId}`)).status).toBe(204);
      await expect(send()).rejects.toMatchObject({ code: 'exchange.no_access' });
    });

    it('is granted at once by a system that approves automatically', async () => {
      const info = {
        navn: 'Arkivsystem',
        beskrivelse: 'Noark',
        eposter: ['drift@eksempel.no'],
        offentlig: true,
        automatiskGodkjenning: true,
        leverandorNavn: 'Leverandør AS',
        leverandorKontaktpunkt: 'drift@eksempel.no',
      };
      await fag.call('POST', `${p(fag)}/forespurteTilganger/${arkivKonto}`);
      expect((await arkiv.call('PUT', `${p(arkiv)}/info`, info)).status).toBe(204);
      // A request that waited is granted when it is repeated.
      expect((await fag.call('POST', `${p(fag)}/forespurteTilganger/${arkivKonto}`)).status).toBe(201);
      await expect(send()).resolves.toBeDefined();
      await fag.call('DELETE', `${p(fag)}/tilganger/${arkivKonto}`);
      // What is not said of it stays as it is.
      const { automatiskGodkjenning: _, ...silent } = info;
      await arkiv.call('PUT', `${p(arkiv)}/info`, silent);
      expect((await arkiv.call('GET', p(arkiv))).body.automatiskGodkjenning).toBe(true);
      await arkiv.call('PUT', `${p(arkiv)}/info`, { ...info, automatiskGodkjenning: false });
    });

    it('cannot be asked for, or given to, what cannot be seen', async () => {
      const hidden = await other.call('POST', `${p(other)}/kontoer`, newKonto('Skjult', [ARKIVET]));
      for (const id of [hidden.body.id, randomUUID(), 'x'])
        expect((await fag.call('POST', `${p(fag)}/forespurteTilganger/${id}`)).body.errorCode).toBe(
          'exchange.konto_not_found',
        );
      for (const id of [other.systemId, randomUUID(), 'x'])
        expect(
          (await arkiv.call('POST', `${p(arkiv)}/kontoer/${arkivKonto}/tilganger/${id}`)).body.errorCode,
        ).toBe('exchange.system_not_found');
      const sister = await http.system(LEVERANDOR, { navn: 'Søsken' });
      expect(
        (await arkiv.call('POST', `${p(arkiv)}/kontoer/${arkivKonto}/tilganger/${sister.systemId}`)).status,
      ).toBe(201);
      await arkiv.call('DELETE', `${p(arkiv)}/kontoer/${arkivKonto}/tilganger/${sister.systemId}`);
    });
  });

  describe('search', () => {
    const kontoSok = async (body: unknown) =>
      (await fag.call('POST', `${p(fag)}/konto-sok`, body)).body.kontoer.map(
        (each: { id: string }) => each.id,
      );
    const systemSok = async (body: unknown) =>
      (await fag.call('POST', `${p(fag)}/kontoer/${fagKonto}/system-sok`, body)).body.systemer.map(
        (each: { navn: string }) => each.navn,
      );

    it('finds kontoer of public systems, by name, owner, protocol and party', async () => {
      for (const body of [
        {},
        { term: 'ARKIVKON' },
        { term: 'noark' },
        { term: arkivKonto },
        { term: LEVERANDOR },
        { filter: { fiksOrgIder: [arkiv.tenant] } },
        { filter: { protokollFilter: [{ protokollNavn: ARKIV, protokollVersjon: 'v1' }] } },
        {
          filter: {
            protokollFilter: [{ protokollNavn: ARKIV, protokollVersjon: 'v1', parter: ['arkiv.full'] }],
          },
        },
      ])
        expect(await kontoSok(body)).toContain(arkivKonto);
      for (const body of [
        { term: '%' },
        { term: 'finnes ikke' },
        { filter: { fiksOrgIder: [] } },
        { filter: { fiksOrgIder: [other.tenant] } },
        { filter: { protokollFilter: [{ protokollNavn: ARKIV, protokollVersjon: 'v2' }] } },
        {
          filter: {
            protokollFilter: [{ protokollNavn: ARKIV, protokollVersjon: 'v1', parter: ['klient.full'] }],
          },
        },
      ])
        expect(await kontoSok(body)).toEqual([]);
    });

    it('finds systems that may send to the konto', async () => {
      expect(await systemSok({})).toEqual(['Arkivsystem']);
      expect(await systemSok(undefined)).toEqual(['Arkivsystem']);
      const sister = await http.system(KOMMUNE, { navn: 'Uten kontoer' });
      expect(await systemSok({})).not.toContain('Uten kontoer');
      expect(await systemSok({ filter: { stotterKonto: false } })).toEqual(['Arkivsystem', 'Uten kontoer']);
      expect(await systemSok({ filter: { stotterKonto: false }, term: 'uten' })).toEqual(['Uten kontoer']);
      expect(await systemSok({ filter: { stotterKonto: false, fiksOrgIder: [arkiv.tenant] } })).toEqual([
        'Arkivsystem',
      ]);
      expect(sister.tenant).toBe(fag.tenant);
      expect((await fag.call('GET', `${p(fag)}/organisasjoner`)).body).toEqual([
        { id: fag.tenant, navn: `Eksempel ${KOMMUNE}` },
        { id: arkiv.tenant, navn: `Eksempel ${LEVERANDOR}` },
      ]);
    });

    it('has limits', async () => {
      for (const body of [
        { term: 'x'.repeat(201) },
        { term: 5 },
        { filter: { fiksOrgIder: ['x'] } },
        { filter: { fiksOrgIder: Array.from({ length: 501 }, () => randomUUID()) } },
        { filter: { protokollFilter: [{ protokollNavn: ARKIV }] } },
      ])
        expect((await fag.call('POST', `${p(fag)}/konto-sok`, body)).status).toBe(400);
    });
  });
});
