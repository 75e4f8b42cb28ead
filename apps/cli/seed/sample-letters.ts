import type { LetterText } from './letter-pdf.ts';

export interface SampleLetter {
  /** Stable; stands in `eksternReferanse`, so that a second run finds what the first one sent. */
  readonly key: string;
  /** Whose situation decides the channel, or an organisation number. */
  readonly to: { readonly situation: string } | { readonly orgnr: string };
  /** Organisation number of the sender. */
  readonly from: string;
  readonly digitalOnly?: boolean;
  readonly level4?: boolean;
  readonly text: Omit<LetterText, 'avsender' | 'dato'>;
}

const EKSEMPEL = '310000000';
const DOME = '310000019';
const PROVE = '310000027';
const HILSEN = 'Vennlig hilsen';
const OPPDIKTET = 'Dette er et eksempelbrev. Alle navn og saker er oppdiktet.';

/** One letter for each way a letter can go. */
export const SAMPLE_LETTERS: readonly SampleLetter[] = [
  {
    key: 'sfo',
    to: { situation: 'altinn' },
    from: EKSEMPEL,
    text: {
      sprak: 'nb',
      tittel: 'Tilbud om plass i skolefritidsordningen',
      avsnitt: [
        'Barnet ditt har fått plass i skolefritidsordningen fra 17. august, fem dager i uken.',
        'Du må svare innen tre uker. Svarer du ikke, går plassen til neste barn på listen.',
        OPPDIKTET,
      ],
      hilsen: HILSEN,
    },
  },
  {
    key: 'skuleskyss',
    to: { situation: 'altinn' },
    from: DOME,
    text: {
      sprak: 'nn',
      tittel: 'Vedtak om skuleskyss',
      avsnitt: [
        'Du får gratis skuleskyss dette skuleåret, fordi vegen til skulen er lengre enn fire kilometer.',
        'Er du usamd, kan du klage innan tre veker frå du fekk brevet.',
        'Dette er eit eksempelbrev. Alle namn og saker er oppdikta.',
      ],
      hilsen: 'Venleg helsing',
    },
  },
  {
    key: 'byggesak',
    to: { situation: 'digital-mailbox' },
    from: EKSEMPEL,
    text: {
      sprak: 'nb',
      tittel: 'Tillatelse til å bygge garasje',
      avsnitt: [
        'Kommunen godkjenner søknaden din om å bygge garasje.',
        'Arbeidet må begynne innen tre år.',
        OPPDIKTET,
      ],
      hilsen: HILSEN,
    },
  },
  {
    key: 'eiendomsskatt',
    to: { situation: 'reserved' },
    from: EKSEMPEL,
    text: {
      sprak: 'nb',
      tittel: 'Eiendomsskatt for i år',
      avsnitt: ['Her er grunnlaget for eiendomsskatten din. Du betaler i fire terminer.', OPPDIKTET],
      hilsen: HILSEN,
    },
  },
  {
    key: 'feiing',
    to: { situation: 'no-contact' },
    from: EKSEMPEL,
    text: {
      sprak: 'nb',
      tittel: 'Feieren kommer',
      avsnitt: ['Feieren kommer til deg neste uke. Sørg for at stigen står klar.', OPPDIKTET],
      hilsen: HILSEN,
    },
  },
  {
    key: 'kun-digitalt',
    to: { situation: 'reserved' },
    from: EKSEMPEL,
    digitalOnly: true,
    text: {
      sprak: 'nb',
      tittel: 'Påminnelse om time hos helsestasjonen',
      avsnitt: ['Du har time på helsestasjonen på tirsdag klokken ti.', OPPDIKTET],
      hilsen: HILSEN,
    },
  },
  {
    key: 'niva4',
    to: { situation: 'altinn' },
    from: EKSEMPEL,
    level4: true,
    text: {
      sprak: 'nb',
      tittel: 'Svar på søknad om omsorgstjenester',
      avsnitt: [
        'Du får hjemmehjelp én gang i uken fra neste måned. Du leser dette etter innlogging på høyeste nivå.',
        OPPDIKTET,
      ],
      hilsen: HILSEN,
    },
  },
  {
    key: 'mellom-virksomheter',
    to: { orgnr: PROVE },
    from: EKSEMPEL,
    text: {
      sprak: 'nb',
      tittel: 'Uttalelse til reguleringsplan',
      avsnitt: ['Kommunen har ingen merknader til planen for fylkesveien.', OPPDIKTET],
      hilsen: HILSEN,
    },
  },
];
