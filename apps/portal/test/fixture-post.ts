import { Readable } from 'node:stream';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { defineErrors } from '@grunnmur/kernel/errors';
import { DAY_MS, HOUR_MS } from '@grunnmur/kernel/time';
import type {
  Download,
  InboxLetter,
  Letter,
  LetterDocument,
  LoginLevel,
  Post,
  Timeline,
  TimelineEntry,
} from '@grunnmur/post';

const PostError = defineErrors('post', {
  notFound: { status: 404, message: 'Fant ikke forsendelsen' },
  levelTooLow: { status: 403, message: 'Krever nivå 4' },
});

export interface FixturePost extends Post {
  /** Ids of letters by name, to go straight to one. */
  readonly ids: Readonly<Record<LetterName, string>>;
  /** Downloads that were completed, as `<id>/<nr>` or `<id>/alt`. */
  readonly completed: readonly string[];
  /** Opened streams that the reader gave up. */
  readonly abandoned: readonly string[];
  /** Opened streams that failed by themselves. */
  readonly broken: readonly string[];
}

export type LetterName =
  | 'kindergarten'
  | 'level4'
  | 'printed'
  | 'read'
  | 'deleted'
  | 'failed'
  | 'large'
  | 'somebodyElses'
  | 'broken';

interface Stored {
  owner: string;
  letter: Letter;
  entries: TimelineEntry[];
  next?: Timeline['next'];
}

const PAGE = 20;
const BROKEN_ID = '0198c0de-0000-7000-8000-00000000dead';

/** A post room in memory with a letter in each situation, for `owner`. The same rules as the real one's contract. */
export function createFixturePost(owner: string, now: Date): FixturePost {
  const stored = makeLetters(owner, now);
  const completed: string[] = [];
  const abandoned: string[] = [];
  const broken: string[] = [];

  function find(ctx: Ctx, id: string): Stored {
    const found = [...stored.values()].find((each) => each.letter.id === id);
    if (!found || ctx.actor.kind !== 'person' || found.owner !== ctx.actor.id) throw PostError.notFound();
    return found;
  }

  function open(found: Stored, nrs: readonly number[], level: LoginLevel, name: string): Download {
    const { letter } = found;
    if (letter.krevNiva4 && level !== 4) throw PostError.levelTooLow();
    const documents = nrs.map((nr) => letter.dokumenter[nr]);
    const first = documents[0];
    if (!first || !letter.dokumenterTilgjengelig) throw PostError.notFound();
    const key = `${letter.id}/${name}`;
    const body = Readable.from(pdfBytes(first.storrelse), { objectMode: false });
    body.once('close', () => {
      if (!body.readableEnded) abandoned.push(key);
    });
    return {
      filnavn: documents.length === 1 ? first.filnavn : `${letter.tittel}.zip`,
      mimeType: documents.length === 1 ? first.mimeType : 'application/zip',
      storrelse: first.storrelse,
      body,
      completed: async () => {
        completed.push(key);
        markRead(found, nrs, now);
      },
      failed: async () => void broken.push(key),
    };
  }

  return {
    ids: {
      ...(Object.fromEntries(
        [...stored].map(([name, each]) => [name, each.letter.id]),
      ) as FixturePost['ids']),
      broken: BROKEN_ID,
    },
    completed,
    abandoned,
    broken,
    inbox: async (ctx, page) => {
      const all = [...stored.values()]
        .filter((each) => each.owner === ctx.actor.id)
        .map((each) => each.letter);
      const own = all.filter(
        (each) =>
          (page.ulest === undefined || each.ulest === page.ulest) &&
          (page.sok === undefined ||
            `${each.tittel} ${each.avsender.navn}`.toLowerCase().includes(page.sok.toLowerCase())),
      );
      const start = page.cursor === undefined ? 0 : Number(page.cursor);
      const limit = page.limit ?? PAGE;
      const letters: InboxLetter[] = own.slice(start, start + limit);
      const ulest = all.filter((each) => each.ulest).length;
      return own.length > start + limit
        ? { letters, ulest, next: String(start + limit) }
        : { letters, ulest };
    },
    letter: async (ctx, id) => {
      if (id === BROKEN_ID) throw new Error('fixture broke');
      const found = find(ctx, id);
      return { ...found.letter, tidslinje: timelineOf(found) };
    },
    openDocument: async (ctx, id, nr, level) => open(find(ctx, id), [nr], level, String(nr)),
    openAll: async (ctx, id, level) => {
      const found = find(ctx, id);
      return open(
        found,
        found.letter.dokumenter.map((document) => document.nr),
        level,
        'alt',
      );
    },
    timeline: async (ctx, id) => timelineOf(find(ctx, id)),
    letterNames: async (ctx, ids) => {
      const own = [...stored.values()].filter((each) => each.owner === ctx.actor.id);
      return new Map(
        own.flatMap(({ letter: { id, tittel } }) => (ids.includes(id) ? [[id, { tittel }] as const] : [])),
      );
    },
    senderProfiles: async (_ctx, tenants) =>
      new Map(tenants.map((id) => [id, { epost: 'post@eksempel.example' }])),
  };
}

function timelineOf({ letter: { id, status }, entries, next }: Stored): Timeline {
  const final = ['LEST', 'PRINTET', 'AVVIST', 'IKKE_LEVERT', 'SLETTET'].includes(status);
  return { id, status, final, entries, advarsler: [], ...(next && !final ? { next } : {}) };
}

function markRead(found: Stored, nrs: readonly number[], now: Date): void {
  const dokumenter = found.letter.dokumenter.map((document) =>
    nrs.includes(document.nr) ? { ...document, lastetNed: now } : document,
  );
  found.letter = { ...found.letter, dokumenter };
  if (found.letter.lestDato === undefined && dokumenter.every((document) => document.lastetNed)) {
    found.letter = { ...found.letter, lestDato: now, ulest: false, status: 'LEST' };
    found.entries.push(entry(now, 'lest', 'Forsendelsen er lest', 'LEST'));
  }
}

function makeLetters(owner: string, now: Date): Map<LetterName | `older${number}`, Stored> {
  const ago = (hours: number): Date => new Date(now.getTime() - hours * HOUR_MS);
  const ahead = (hours: number): Date => new Date(now.getTime() + hours * HOUR_MS);
  const steps = (at: (hours: number) => Date, start: number): TimelineEntry[] => [
    entry(at(start), 'mottatt', 'Forsendelsen er mottatt', 'MOTTATT', 'Eksempel kommune'),
    entry(at(start - 0.02), 'akseptert', 'Dokumentene er kontrollert', 'AKSEPTERT'),
    {
      ...entry(
        at(start - 0.1),
        'varslet',
        'Varsel er sendt på e-post og SMS',
        'VARSLET',
        'Varslingstjenesten',
      ),
      attempts: [
        { at: at(start - 0.05), outcome: 'retry', detail: 'Tjenesten svarte ikke', ms: 2140 },
        { at: at(start - 0.1), outcome: 'done', ms: 184 },
      ],
    },
  ];
  const kindergarten = letter(now, 1, 'Vedtak om barnehageplass fra 1. august', {
    dokumenter: [
      pdf(0, 'Vedtak om barnehageplass.pdf', 214_300, 3),
      pdf(
        1,
        'Orientering om søskenmoderasjon og redusert foreldrebetaling i kommunale barnehager.pdf',
        1_382_000,
        12,
      ),
    ],
    printFrist: ahead(49),
    lenker: [
      {
        url: 'https://example.org/barnehage/svar',
        tekst: 'Svar på tilbudet',
        ledetekst: 'Svarfrist er om to uker.',
      },
    ],
  });
  const all: [LetterName | `older${number}`, Stored][] = [
    [
      'kindergarten',
      {
        owner,
        letter: kindergarten,
        entries: steps(ago, 5),
        next: { kode: 'print_om_ulest', senest: ahead(49) },
      },
    ],
    [
      'level4',
      {
        owner,
        letter: letter(now, 2, 'Melding fra barnevernstjenesten', {
          mottattDato: ago(28),
          krevNiva4: true,
          avsender: {
            orgnr: '958935420',
            navn: 'Kárášjoga gielda / Karasjok kommune – Mánáidsuodjalusbálvalus',
          },
        }),
        entries: steps(ago, 28),
      },
    ],
    [
      'failed',
      {
        owner,
        letter: letter(now, 3, 'Faktura for kommunale avgifter, 2. termin', {
          mottattDato: ago(60),
          status: 'IKKE_LEVERT',
        }),
        entries: [
          ...steps(ago, 60),
          entry(ago(50), 'ikke_levert', 'Forsendelsen kunne ikke leveres', 'IKKE_LEVERT'),
        ],
      },
    ],
    [
      'printed',
      {
        owner,
        letter: letter(now, 4, 'Varsel om feiing og tilsyn med fyringsanlegg', {
          mottattDato: ago(9 * 24),
          status: 'PRINTET',
          kanal: 'print',
          avsender: { orgnr: '974760673', navn: 'Døme brann- og redningsvesen IKS' },
        }),
        entries: [
          ...steps(ago, 216),
          entry(ago(160), 'printet', 'Brevet er skrevet ut og postlagt', 'PRINTET', 'Utskriftstjenesten'),
        ],
      },
    ],
    [
      'read',
      {
        owner,
        letter: letter(now, 5, 'Svar på søknad om parkeringstillatelse for forflytningshemmede', {
          mottattDato: ago(20 * 24),
          status: 'LEST',
          lestDato: ago(19 * 24),
          dokumenter: [{ ...pdf(0, 'Vedtak.pdf', 98_000, 2), lastetNed: ago(19 * 24) }],
        }),
        entries: [...steps(ago, 480), entry(ago(19 * 24), 'lest', 'Forsendelsen er lest', 'LEST')],
      },
    ],
    [
      'deleted',
      {
        owner,
        letter: letter(now, 6, 'Innkalling til høreprøve', {
          mottattDato: ago(120 * 24),
          status: 'SLETTET',
          dokumenterTilgjengelig: false,
        }),
        entries: steps(ago, 120 * 24),
      },
    ],
    [
      'large',
      {
        owner,
        letter: letter(now, 7, 'Reguleringsplan med kartvedlegg', {
          mottattDato: ago(130 * 24),
          dokumenter: [{ ...pdf(0, 'Kart.bin', 8_000_000, undefined), mimeType: 'application/octet-stream' }],
        }),
        entries: steps(ago, 130 * 24),
      },
    ],
    ['somebodyElses', { owner: '00000000000', letter: letter(now, 8, 'Ikke ditt', {}), entries: [] }],
  ];
  for (let nr = 0; nr < PAGE; nr++) {
    const older = letter(now, 100 + nr, `Eldre brev nummer ${nr + 1}`, {
      mottattDato: ago((140 + nr) * 24),
      lestDato: ago(24),
      status: 'LEST',
    });
    all.push([`older${nr}`, { owner, letter: older, entries: [] }]);
  }
  return new Map(all);
}

function letter(now: Date, nr: number, tittel: string, change: Partial<Letter>): Letter {
  const dokumenter = change.dokumenter ?? [pdf(0, 'Brev.pdf', 84_000, 1)];
  return {
    id: `0198c0de-0000-7000-8000-${String(nr).padStart(12, '0')}`,
    tittel,
    avsender: { orgnr: '910000012', navn: 'Eksempel kommune', farge: 'blaa' },
    tilDeg: true,
    saksnummer: undefined,
    mottattDato: new Date(now.getTime() - 5 * HOUR_MS),
    status: 'VARSLET',
    kanal: 'altinn',
    lestDato: undefined,
    ulest: change.lestDato === undefined && change.dokumenterTilgjengelig !== false,
    svarOnskes: false,
    signeringsfrist: undefined,
    krevNiva4: false,
    antallDokumenter: dokumenter.length,
    printFrist: undefined,
    dokumenter,
    lenker: [],
    eksternReferanse: '2026/1432-3',
    kontakt: { navn: 'Servicesenteret i Eksempel kommune', adresse: 'Postboks 1, 0001 Eksempel' },
    dokumenterTilgjengelig: true,
    slettesDato: new Date(now.getTime() + 90 * DAY_MS),
    tidslinje: { id: '', status: 'VARSLET', final: false, entries: [], advarsler: [] },
    completed: async () => {},
    ...change,
  };
}

function pdf(
  nr: number,
  filnavn: string,
  storrelse: number,
  antallSider: number | undefined,
): LetterDocument {
  return { nr, filnavn, mimeType: 'application/pdf', storrelse, antallSider, lastetNed: undefined };
}

function entry(
  tidspunkt: Date,
  kode: string,
  tekst: string,
  status: NonNullable<TimelineEntry['status']>,
  aktor?: string,
): TimelineEntry {
  return {
    tidspunkt,
    kode,
    tekst,
    params: {},
    status,
    attempts: [],
    ...(aktor === undefined ? {} : { aktor }),
  };
}

/** A small PDF's head, filled up with a comment to the size that the letter states. */
function* pdfBytes(size: number): Generator<Buffer> {
  const head = Buffer.from(
    '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%',
  );
  yield head;
  for (let left = size - head.length; left > 0; left -= 65_536)
    yield Buffer.alloc(Math.min(left, 65_536), ' ');
}
