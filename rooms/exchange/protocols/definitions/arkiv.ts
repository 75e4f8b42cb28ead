import { lagModell } from '../xml/modell.ts';
import type { Rot } from '../xml/rot.ts';
import { ARKIV_ARKIVERING } from './arkiv-arkivering.ts';
import { ARKIV_INNSYN } from './arkiv-innsyn.ts';
import { ARKIV_METADATA } from './arkiv-metadatakatalog.ts';
import { ARKIV_OPPDATERING } from './arkiv-oppdatering.ts';
import { ARKIV_SOK } from './arkiv-sok.ts';
import { ARKIV_STRUKTUR } from './arkiv-struktur.ts';
import { arkivUri } from './arkiv-uri.ts';

export const ARKIV_MODELL = lagModell([
  ...ARKIV_METADATA,
  ...ARKIV_ARKIVERING,
  ...ARKIV_OPPDATERING,
  ...ARKIV_STRUKTUR,
  ...ARKIV_SOK,
  ...ARKIV_INNSYN,
]);

const PREFIKS = 'no.ks.fiks.arkiv.v1.';

/** The element that the main document of each type begins with: type, part of the namespace, element. */
const ROETTER = [
  ['arkivering.arkivmelding.opprett', 'arkivmelding/opprett', 'arkivmelding'],
  ['arkivering.arkivmelding.opprett.kvittering', 'arkivmelding/opprett/kvittering', 'arkivmeldingKvittering'],
  ['arkivering.arkivmelding.oppdater', 'arkivmelding/oppdater', 'arkivmeldingOppdatering'],
  ['arkivering.dokumentobjekt.opprett', 'dokumentobjekt/opprett', 'dokumentobjektOpprett'],
  [
    'arkivering.dokumentobjekt.opprett.kvittering',
    'dokumentobjekt/opprett/kvittering',
    'dokumentobjektOpprettKvittering',
  ],
  ['arkivering.avskrivning.opprett', 'avskrivning/opprett', 'nyAvskrivning'],
  ['arkivering.avskrivning.slett', 'avskrivning/slett', 'slettAvskrivning'],
  ['innsyn.mappe.hent', 'mappe/hent', 'mappeHent'],
  ['innsyn.mappe.hent.resultat', 'mappe/hent/resultat', 'mappeHentResultat'],
  ['innsyn.registrering.hent', 'registrering/hent', 'registreringHent'],
  ['innsyn.registrering.hent.resultat', 'registrering/hent/resultat', 'registreringHentResultat'],
  ['innsyn.dokumentfil.hent', 'dokumentfil/hent', 'dokumentfilHent'],
  ['innsyn.sok', 'sok', 'sok'],
  ['innsyn.sok.resultat.utvidet', 'sokeresultat/utvidet', 'sokeresultat'],
  ['innsyn.sok.resultat.minimum', 'sokeresultat/minimum', 'sokeresultatMinimum'],
  ['innsyn.sok.resultat.noekler', 'sokeresultat/noekler', 'sokeresultatNoekler'],
  ['innsyn.kodeliste.hent', 'kodeliste/hent', 'HentKodeliste'],
  ['innsyn.kodeliste.hent.resultat', 'kodeliste/hent/resultat', 'KodeListe'],
  ['feilmelding.ugyldigforespoersel', 'feil/ugyldigforespoersel', 'ugyldigforespoersel'],
  ['feilmelding.serverfeil', 'feil/serverfeil', 'serverfeil'],
  ['feilmelding.ikkefunnet', 'feil/ikkefunnet', 'ikkefunnet'],
] as const;

export const ARKIV_V1_ROETTER: Readonly<Record<string, Rot>> = Object.fromEntries(
  ROETTER.map(([type, del, navn]) => [PREFIKS + type, { uri: arkivUri(del), navn }]),
);
