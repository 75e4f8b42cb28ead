import type { LetterText } from '@grunnmur/post/demo';

export interface SampleLetter {
  /** Stable; stands in `eksternReferanse`, so that a second run finds what the first one sent. */
  readonly key: string;
  /** Whose situation decides the channel, or an organisation number. */
  readonly to: { readonly situation: string } | { readonly orgnr: string };
  /** Organisation number of the sender. */
  readonly from: string;
  readonly digitalOnly?: boolean;
  readonly level4?: boolean;
  readonly filename: string;
  readonly language: 'nb' | 'nn';
  readonly text: Pick<LetterText, 'title' | 'paragraphs' | 'caseworker'>;
}

const EKSEMPEL = '310000000';
const DOME = '310000019';
const PROVE = '310000027';

/** One letter for each way a letter can go. */
export const SAMPLE_LETTERS: readonly SampleLetter[] = [
  {
    key: 'sfo',
    filename: 'Tilbud om SFO-plass.pdf',
    to: { situation: 'altinn' },
    from: EKSEMPEL,
    language: 'nb',
    text: {
      title: 'Tilbud om plass i skolefritidsordningen',
      paragraphs: [
        'Barnet ditt har fått plass i skolefritidsordningen fra 17. august, fem dager i uken.',
        'Du må svare innen tre uker. Svarer du ikke, går plassen til neste barn på listen.',
      ],
    },
  },
  {
    key: 'skuleskyss',
    filename: 'Vedtak om skuleskyss.pdf',
    to: { situation: 'altinn' },
    from: DOME,
    language: 'nn',
    text: {
      title: 'Vedtak om skuleskyss',
      paragraphs: [
        'Du får gratis skuleskyss dette skuleåret, fordi vegen til skulen er lengre enn fire kilometer.',
        'Er du usamd, kan du klage innan tre veker frå du fekk brevet.',
      ],
    },
  },
  {
    key: 'byggesak',
    filename: 'Tillatelse garasje 2026-511.pdf',
    to: { situation: 'digital-mailbox' },
    from: EKSEMPEL,
    language: 'nb',
    text: {
      title: 'Tillatelse til å bygge garasje',
      paragraphs: [
        'Kommunen godkjenner søknaden din om å bygge garasje.',
        'Arbeidet må begynne innen tre år.',
      ],
    },
  },
  {
    key: 'eiendomsskatt',
    filename: 'Eiendomsskatt.pdf',
    to: { situation: 'reserved' },
    from: EKSEMPEL,
    language: 'nb',
    text: {
      title: 'Eiendomsskatt for i år',
      paragraphs: ['Her er grunnlaget for eiendomsskatten din. Du betaler i fire terminer.'],
    },
  },
  {
    key: 'feiing',
    filename: 'Varsel om feiing.pdf',
    to: { situation: 'no-contact' },
    from: EKSEMPEL,
    language: 'nb',
    text: {
      title: 'Feieren kommer',
      paragraphs: ['Feieren kommer til deg neste uke. Sørg for at stigen står klar.'],
    },
  },
  {
    key: 'kun-digitalt',
    filename: 'Påminnelse om time.pdf',
    to: { situation: 'reserved' },
    from: EKSEMPEL,
    digitalOnly: true,
    language: 'nb',
    text: {
      title: 'Påminnelse om time hos helsestasjonen',
      paragraphs: ['Du har time på helsestasjonen på tirsdag klokken ti.'],
    },
  },
  {
    key: 'niva4',
    filename: 'Svar på søknad om omsorgstjenester.pdf',
    to: { situation: 'altinn' },
    from: EKSEMPEL,
    level4: true,
    language: 'nb',
    text: {
      title: 'Svar på søknad om omsorgstjenester',
      paragraphs: [
        'Du får hjemmehjelp én gang i uken fra neste måned. Du leser dette etter innlogging på høyeste nivå.',
      ],
    },
  },
  {
    key: 'mellom-virksomheter',
    filename: 'Uttalelse reguleringsplan.pdf',
    to: { orgnr: PROVE },
    from: EKSEMPEL,
    language: 'nb',
    text: {
      title: 'Uttalelse til reguleringsplan',
      paragraphs: ['Kommunen har ingen merknader til planen for fylkesveien.'],
    },
  },
];
