import type { Ctx } from '@grunnmur/kernel/ctx';
import type { KontoRow } from '../../store/kontoer/konto-store.ts';
import type { SystemRow } from '../../store/kontoer/system-store.ts';
import type { KontoDeps } from './change.ts';
import { eksterneSystemer, kontoerOfTilgang } from './directory.ts';
import { listOwnKontoer } from './manage-kontoer.ts';
import { type OffentligNokkel, offentligNokkel } from './offentlig-nokkel.ts';
import { describeParts } from './protokoll-parter.ts';

/**
 * A system as its integration sees it, with live counts and what it has access to (fiks-io §2.5
 * `ProtokollSystemResponse`).
 * @param orgnummer The organisation that the integration's tokens are for.
 */
export async function describeSystem(ctx: Ctx, deps: KontoDeps, system: SystemRow, orgnummer: string) {
  const [kontoer, tilganger, forespurte, [ekstern]] = await Promise.all([
    listOwnKontoer(ctx, { systemId: system.id }),
    kontoerOfTilgang(ctx, deps, system.id, 'GITT'),
    kontoerOfTilgang(ctx, deps, system.id, 'FORESPURT'),
    eksterneSystemer(ctx, deps, [system.id]),
  ]);
  const protokollKontoer = kontoer.filter((konto) => konto.protokoll !== null);
  const counts = await deps.queues.counts(
    ctx,
    protokollKontoer.map(({ id }) => id),
  );
  return {
    id: system.id,
    integrasjonId: system.integrasjon_id,
    orgnummer,
    navn: system.navn,
    beskrivelse: system.beskrivelse,
    eposter: system.eposter,
    kontoer: protokollKontoer.map((konto) => kontoSummary(konto, counts.get(konto.id))),
    tilgangTilKontoer: tilganger,
    forespurteTilgangerTilKontoer: forespurte,
    offentlig: system.offentlig,
    automatiskGodkjenning: system.automatisk_godkjenning,
    konfigureresAvIntegrasjon: system.konfigureres_av_integrasjon,
    ...(system.leverandor_navn ? { leverandorNavn: system.leverandor_navn } : {}),
    ...(system.leverandor_kontaktpunkt ? { leverandorKontaktpunkt: system.leverandor_kontaktpunkt } : {}),
    fiksOrg: ekstern?.fiksOrg ?? { id: ctx.tenant!, navn: '' },
    opprettet: system.opprettet.toISOString(),
    sistEndret: system.sist_endret.toISOString(),
  };
}

/** A protokoll-konto as its owner sees it (fiks-io §2.5 `ProtokollKontoResponse`). */
export async function describeProtokollKonto(ctx: Ctx, deps: KontoDeps, konto: KontoRow) {
  const nokkel = await deps.kontoer.nokkel(ctx, konto.id);
  const key: { offentligNokkel?: OffentligNokkel } = nokkel
    ? { offentligNokkel: offentligNokkel(nokkel, ctx.now()) }
    : {};
  return {
    id: konto.id,
    navn: konto.navn,
    beskrivelse: konto.beskrivelse,
    stottetProtokollNavn: konto.protokoll ?? '',
    parts: describeParts(konto.protokoll, konto.parter),
    ...key,
    opprettet: konto.opprettet.toISOString(),
    sistEndret: konto.sist_endret.toISOString(),
    sendMeldingerDeaktivert: konto.send_deaktivert,
  };
}

function kontoSummary(
  konto: KontoRow,
  counts: { antallKonsumenter: number; antallUavhentedeMeldinger: number } | undefined,
) {
  return {
    id: konto.id,
    navn: konto.navn,
    beskrivelse: konto.beskrivelse,
    stottetProtokollNavn: konto.protokoll ?? '',
    parter: konto.parter.map(({ part, versjon }) => ({
      navn: part,
      protokollnavn: konto.protokoll ?? '',
      protokollversjon: versjon,
    })),
    metrikk: {
      meldingerPaKo: counts?.antallUavhentedeMeldinger ?? 0,
      antallKonsumenter: counts?.antallKonsumenter ?? 0,
    },
    sendMeldingerDeaktivert: konto.send_deaktivert,
  };
}
