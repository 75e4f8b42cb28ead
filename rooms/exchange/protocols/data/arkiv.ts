import { buildProtokoll, TO_FEIL, TRE_FEIL, type Utveksling } from '../build-protokoll.ts';
import type { ProtokollDefinisjon } from '../types.ts';

const KLIENT_TIL_ARKIV = { fra: 'klient', til: 'arkiv' } as const;

/**
 * Requests of Fiks Arkiv and their replies (fiks-io §5.3). Published defects (§5.1): the list spells one error reply
 * `no.ks.fik.arkiv…`, which nobody sends, so only the right name is here; `innsyn.kodeliste.hent` has schemas but is not in
 * the list, and the file name of its two documents is ours.
 */
const UTVEKSLINGER: readonly Utveksling[] = [
  {
    ...KLIENT_TIL_ARKIV,
    type: 'arkivering.arkivmelding.opprett',
    filer: ['arkivmelding.xml'],
    svar: {
      'arkivering.arkivmelding.opprett.mottatt': null,
      'arkivering.arkivmelding.opprett.kvittering': ['arkivmelding-kvittering.xml'],
    },
    feil: TO_FEIL,
  },
  {
    ...KLIENT_TIL_ARKIV,
    type: 'arkivering.arkivmelding.oppdater',
    filer: ['arkivmelding.xml'],
    svar: {
      'arkivering.arkivmelding.oppdater.mottatt': null,
      'arkivering.arkivmelding.oppdater.kvittering': null,
    },
    feil: TRE_FEIL,
  },
  {
    ...KLIENT_TIL_ARKIV,
    type: 'arkivering.dokumentobjekt.opprett',
    filer: ['dokumentobjekt-opprett.xml'],
    svar: {
      'arkivering.dokumentobjekt.opprett.mottatt': null,
      'arkivering.dokumentobjekt.opprett.kvittering': ['dokumentobjekt-kvittering.xml'],
    },
    // The list names no error reply for it; an archive must be able to refuse it all the same.
    feil: TO_FEIL,
  },
  {
    ...KLIENT_TIL_ARKIV,
    type: 'arkivering.avskrivning.opprett',
    filer: ['avskrivning-opprett.xml'],
    svar: {
      'arkivering.avskrivning.opprett.mottatt': null,
      'arkivering.avskrivning.opprett.kvittering': null,
    },
    feil: TO_FEIL,
  },
  {
    ...KLIENT_TIL_ARKIV,
    type: 'arkivering.avskrivning.slett',
    filer: ['avskrivning-slett.xml'],
    svar: {
      'arkivering.avskrivning.slett.mottatt': null,
      'arkivering.avskrivning.slett.kvittering': null,
    },
    feil: TRE_FEIL,
  },
  {
    ...KLIENT_TIL_ARKIV,
    type: 'innsyn.mappe.hent',
    filer: ['mappe-hent.xml'],
    svar: { 'innsyn.mappe.hent.resultat': ['mappe.xml'] },
    feil: TRE_FEIL,
  },
  {
    ...KLIENT_TIL_ARKIV,
    type: 'innsyn.registrering.hent',
    filer: ['registrering-hent.xml'],
    svar: { 'innsyn.registrering.hent.resultat': ['registrering.xml'] },
    feil: TRE_FEIL,
  },
  {
    ...KLIENT_TIL_ARKIV,
    type: 'innsyn.dokumentfil.hent',
    filer: ['dokumentfil-hent.xml'],
    // The file that was asked for, under its own name.
    svar: { 'innsyn.dokumentfil.hent.resultat': [] },
    feil: TRE_FEIL,
  },
  {
    ...KLIENT_TIL_ARKIV,
    type: 'innsyn.sok',
    filer: ['sok.xml'],
    svar: {
      'innsyn.sok.resultat.utvidet': ['resultat.xml'],
      'innsyn.sok.resultat.minimum': ['resultat.xml'],
      'innsyn.sok.resultat.noekler': ['resultat.xml'],
    },
    feil: TRE_FEIL,
  },
  {
    ...KLIENT_TIL_ARKIV,
    type: 'innsyn.kodeliste.hent',
    filer: ['kodeliste-hent.xml'],
    svar: { 'innsyn.kodeliste.hent.resultat': ['kodeliste.xml'] },
    feil: TRE_FEIL,
  },
];

const KLIENTER = ['klient.full', 'klient.arkivering', 'fagsystem.arkivering'];
const ARKIVER = ['arkiv.full', 'arkiv.arkivering'];

function arkiv(versjon: string, utkast: boolean): ProtokollDefinisjon {
  return buildProtokoll({
    navn: 'no.ks.fiks.arkiv',
    versjon,
    beskrivelse: 'Arkivering i og innsyn i et Noark 5-arkiv',
    utkast,
    feilfil: 'feilmelding.xml',
    ping: true,
    utvekslinger: UTVEKSLINGER,
    // All five names are published; which of them support each other is ours (fiks-io §9).
    parter: [
      {
        navn: 'arkiv.full',
        beskrivelse: 'Arkiv som tar imot alle meldinger i protokollen',
        rolle: 'arkiv',
        stottedeParter: KLIENTER,
      },
      {
        navn: 'arkiv.arkivering',
        beskrivelse: 'Arkiv som bare tar imot arkivering',
        rolle: 'arkiv',
        omraade: 'arkivering.',
        stottedeParter: KLIENTER,
      },
      {
        navn: 'klient.full',
        beskrivelse: 'Fagsystem som sender alle meldinger i protokollen',
        rolle: 'klient',
        stottedeParter: ARKIVER,
      },
      {
        navn: 'klient.arkivering',
        beskrivelse: 'Fagsystem som bare arkiverer',
        rolle: 'klient',
        omraade: 'arkivering.',
        stottedeParter: ARKIVER,
      },
      {
        navn: 'fagsystem.arkivering',
        beskrivelse: 'Fagsystem som bare arkiverer (eldre navn)',
        rolle: 'klient',
        omraade: 'arkivering.',
        stottedeParter: ARKIVER,
      },
    ],
  });
}

export const ARKIV_V1 = arkiv('v1', false);

/** A draft that was copied from v1 in 2025 and still changes (fiks-io §5.3). */
export const ARKIV_V2 = arkiv('v2', true);
