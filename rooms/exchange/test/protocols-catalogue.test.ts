import { describe, expect, it } from 'vitest';
import { findMeldingstype, findProtokoll, PROTOKOLLER } from '../protocols/catalogue.ts';

const PREFIKS = 'no.ks.fiks.';
const navn = (protokoll: { navn: string; versjon: string }) => `${protokoll.navn} ${protokoll.versjon}`;

describe('catalogue of protocols', () => {
  it('holds the protocols of fiks-io §5', () => {
    expect(PROTOKOLLER.map(navn)).toEqual([
      'no.ks.fiks.arkiv v1',
      'no.ks.fiks.arkiv v2',
      'no.ks.fiks.plan v2',
      'no.ks.fiks.politisk.behandling v1',
      'no.ks.fiks.saksfaser v1',
      'no.ks.fiks.matrikkelfoering v2',
      'no.ks.fiks.link v1',
      'no.nav.digisos.fagsystem v1',
      'no.ks.svarut.forsendelse v1',
    ]);
    expect(findProtokoll('no.ks.fiks.arkiv', 'v2')?.utkast).toBe(true);
    expect(findProtokoll('no.ks.fiks.arkiv', 'v3')).toBeUndefined();
  });

  it.each(PROTOKOLLER.map((protokoll) => [navn(protokoll), protokoll] as const))(
    '%s: every name is unique and every reply is a type of the protocol',
    (_, protokoll) => {
      const types = new Set(protokoll.meldingstyper.map((type) => type.navn));
      expect(types.size).toBe(protokoll.meldingstyper.length);
      for (const type of protokoll.meldingstyper) {
        expect(findMeldingstype(type.navn)).toEqual({ type, protokoll });
        for (const svar of type.svar) expect(types, `${type.navn} → ${svar}`).toContain(svar);
        if (type.variantAv) expect(types).toContain(type.variantAv);
        if (type.payload === 'NEVER') expect(type.filer).toEqual([]);
      }
    },
  );

  it.each(PROTOKOLLER.map((protokoll) => [navn(protokoll), protokoll] as const))(
    '%s: every type has a part that sends it and one that receives it, and they support each other',
    (_, protokoll) => {
      const parter = new Map(protokoll.parter.map((part) => [part.navn, part]));
      for (const type of protokoll.meldingstyper) {
        const pairs = protokoll.parter.flatMap((a) =>
          a.stottedeParter
            .map((b) => parter.get(b)!)
            .filter((b) => a.avsender.includes(type.navn) && b.mottaker.includes(type.navn)),
        );
        expect(pairs.length, type.navn).toBeGreaterThan(0);
      }
      for (const part of protokoll.parter) {
        expect(part.navn).toMatch(/^[A-Za-z0-9.\-_]+$/);
        for (const annen of part.stottedeParter)
          expect(parter.get(annen)?.stottedeParter).toContain(part.navn);
      }
    },
  );

  it('answers a request for change with mottatt and kvittering, a query with resultat, and marks errors', () => {
    const opprett = findMeldingstype(`${PREFIKS}arkiv.v1.arkivering.arkivmelding.opprett`)!.type;
    expect(opprett).toMatchObject({ payload: 'REQUIRED', filer: ['arkivmelding.xml'], erFeilmelding: false });
    expect(opprett.svar).toEqual(
      [
        'arkivering.arkivmelding.opprett.mottatt',
        'arkivering.arkivmelding.opprett.kvittering',
        'feilmelding.ugyldigforespoersel',
        'feilmelding.serverfeil',
      ].map((svar) => `${PREFIKS}arkiv.v1.${svar}`),
    );
    expect(findMeldingstype(opprett.svar[0]!)!.type.payload).toBe('NEVER');
    expect(findMeldingstype(opprett.svar[2]!)!.type).toMatchObject({
      erFeilmelding: true,
      filer: ['feilmelding.xml'],
    });
    expect(findMeldingstype(`${PREFIKS}plan.v2.innsyn.aktoerer.hent`)!.type.svar[0]).toBe(
      `${PREFIKS}plan.v2.innsyn.aktoerer.hent.resultat`,
    );
  });

  it('knows both spellings where the published list and the schemas differ (§5.1)', () => {
    const stavemaater = [
      'innsyn.midlertidigforbudmottiltak.finn.for.plan',
      'innsyn.midlertidigeforbudmottiltak.finn.for.plan',
    ];
    for (const stavemaate of stavemaater) {
      const type = findMeldingstype(`${PREFIKS}plan.v2.${stavemaate}`)!.type;
      expect(type.svar).toContain(`${PREFIKS}plan.v2.innsyn.midlertidigeforbudmottiltak.finn.resultat`);
      expect(type.svar).toContain(`${PREFIKS}plan.v2.innsyn.midlertidigforbudmottiltak.finn.resultat`);
    }
    expect(findMeldingstype(`${PREFIKS}plan.v2.oppdatering.plenendring.registrer`)!.type.variantAv).toBe(
      `${PREFIKS}plan.v2.oppdatering.planendring.registrer`,
    );
    for (const hva of ['dokument', 'omraade', 'punkt', 'flate', 'kartutsnitt', 'posisjon', 'naboliste']) {
      expect(findMeldingstype(`${PREFIKS}link.v1.innsyn.${hva}.hent`)).toBeDefined();
    }
  });

  it('lets a part that only archives search nothing, and sends decisions from the meeting system', () => {
    const parter = (protokoll: string, versjon: string, part: string) =>
      findProtokoll(protokoll, versjon)!.parter.find(({ navn }) => navn === part)!;
    const klient = parter('no.ks.fiks.arkiv', 'v1', 'klient.arkivering');
    expect(klient.avsender).toContain('no.ks.fiks.arkiv.v1.arkivering.avskrivning.slett');
    expect(klient.avsender).not.toContain('no.ks.fiks.arkiv.v1.innsyn.sok');
    expect(klient.avsender).toContain('no.ks.fiks.arkiv.v1.ping');
    const tjener = parter('no.ks.fiks.politisk.behandling', 'v1', 'tjener');
    expect(tjener.avsender).toContain('no.ks.fiks.politisk.behandling.v1.vedtakfrautvalg.send');
    expect(tjener.avsender).toContain('no.ks.fiks.politisk.behandling.v1.utvalgssak.send.kvittering');
    expect(tjener.mottaker).not.toContain('no.ks.fiks.politisk.behandling.v1.vedtakfrautvalg.send');
  });
});
