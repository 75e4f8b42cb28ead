import type { Ctx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { decodeCursor, encodeCursor } from '@grunnmur/kernel/http';
import { isUuid } from '@grunnmur/kernel/ids';
import { MINUTE_MS } from '@grunnmur/kernel/time';
import { ExchangeError } from '../../errors.ts';
import {
  findAnswers,
  findConversation,
  findDelivery,
  findHendelser,
  findMelding,
  type HendelseRow,
  type MeldingRow,
  searchByClientId,
  searchByKonto,
} from '../../store/meldinger/trace-store.ts';
import type { HendelseKode, MeldingStatus } from '../../types.ts';

/** A message as its sender's and its receiver's integration may see it. */
export interface MeldingView {
  readonly id: string;
  readonly type: string;
  readonly status: MeldingStatus;
  readonly avsenderKontoId: string;
  readonly mottakerKontoId: string;
  readonly svarTil?: string;
  readonly klientMeldingId?: string;
  readonly klientKorrelasjonsId?: string;
  /** Bytes of the payload, which the platform cannot read. */
  readonly storrelse: number;
  readonly dokumentlagerId?: string;
  readonly mottatt: string;
  readonly utloper: string;
  readonly avsluttet?: string;
}

export interface TimelineEntry {
  readonly tidspunkt: string;
  readonly kode: HendelseKode;
  /** The client's name for its connection. */
  readonly forbindelse?: string;
  /** The answer, or the platform message that told the sender. */
  readonly meldingId?: string;
  readonly meldingType?: string;
}

export interface Timeline extends MeldingView {
  readonly entries: readonly TimelineEntry[];
}

export interface MeldingSearch {
  readonly kontoId?: string | undefined;
  readonly type?: string | undefined;
  readonly status?: string | undefined;
  readonly klientMeldingId?: string | undefined;
  readonly korrelasjonsId?: string | undefined;
  readonly fra?: string | undefined;
  readonly til?: string | undefined;
  readonly cursor?: string | undefined;
  /** Default and most: 100. */
  readonly antall?: number | undefined;
}

export interface MeldingPage {
  readonly meldinger: readonly MeldingView[];
  /** Gives the next page; a page may be short, or empty, and still have a next one. */
  readonly cursor?: string;
}

export const PAGE = 100;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Everything that happened to a message. Throws `exchange.melding_not_found`, also for other parties' messages. */
export async function readTimeline(ctx: Ctx, integrasjonId: string, id: string): Promise<Timeline> {
  return withTransaction(ctx, async (trx) => {
    const melding = isUuid(id) ? await findMelding(trx, integrasjonId, id) : undefined;
    if (!melding) throw ExchangeError.meldingNotFound();
    const hendelser = await findHendelser(trx, melding.id);
    const out = melding.status === 'PAA_KO' ? await findDelivery(trx, melding) : undefined;
    const answers = (await findAnswers(trx, integrasjonId, melding.id, PAGE)).filter(
      ({ plattform }) => !plattform,
    );
    const entries = [
      entry(melding.mottatt, 'MOTTATT'),
      ...hendelser.flatMap(entriesOf),
      ...(out ? [entry(out.levert, 'UTLEVERT', { forbindelse: out.forbindelse })] : []),
      ...answers.map((answer) =>
        entry(answer.mottatt, 'BESVART', { meldingId: answer.id, meldingType: answer.type }),
      ),
    ];
    return {
      ...view(melding),
      entries: entries.sort((a, b) => (a.tidspunkt < b.tidspunkt ? -1 : a.tidspunkt > b.tidspunkt ? 1 : 0)),
    };
  });
}

/** All messages that hang together with one by `svar-til`, both ways, the oldest first; at most 100. */
export async function readConversation(ctx: Ctx, integrasjonId: string, id: string): Promise<MeldingView[]> {
  return withTransaction(ctx, async (trx) => {
    if (!isUuid(id) || !(await findMelding(trx, integrasjonId, id))) throw ExchangeError.meldingNotFound();
    return (await findConversation(trx, integrasjonId, id, PAGE)).map(view);
  });
}

/** Messages to and from the integration's kontoer, the newest first. */
export async function searchMeldinger(
  ctx: Ctx,
  integrasjonId: string,
  search: MeldingSearch,
): Promise<MeldingPage> {
  const { kontoId, type, status, klientMeldingId, korrelasjonsId, antall = PAGE } = search;
  const fra = search.fra ? new Date(search.fra) : undefined;
  const til = search.til ? new Date(search.til) : undefined;
  const filter = {
    ...{ kontoId, type, status, klientMeldingId, korrelasjonsId, fra, til },
    before: search.cursor ? cursorId(search.cursor) : til ? idAt(til.getTime() + MINUTE_MS) : LAST_ID,
    // An id is made moments before its message is accepted.
    from: fra ? idAt(fra.getTime() - MINUTE_MS) : FIRST_ID,
    limit: Math.min(antall, PAGE),
  };
  const byClientId = klientMeldingId !== undefined || korrelasjonsId !== undefined;
  const { rows, frontier } = await withTransaction(ctx, async (trx) =>
    byClientId
      ? { rows: await searchByClientId(trx, integrasjonId, filter), frontier: undefined }
      : searchByKonto(trx, integrasjonId, filter),
  );
  const next = rows.length === filter.limit ? rows.at(-1)!.id : frontier;
  return { meldinger: rows.map(view), ...(next ? { cursor: encodeCursor([next]) } : {}) };
}

function cursorId(cursor: string): string {
  const [id] = decodeCursor(cursor, 1);
  // Any UUID is a place in the order, and nobody sees more by it.
  return isUuid(id) ? id : FIRST_ID;
}

function idAt(ms: number): string {
  const time = Math.max(0, ms).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}${FIRST_ID.slice(13)}`;
}

/** A row tells how a delivery ended, and so when it began. */
function entriesOf(row: HendelseRow): TimelineEntry[] {
  const forbindelse = row.forbindelse ? { forbindelse: row.forbindelse } : {};
  const ended = entry(row.tidspunkt, row.kode, {
    ...forbindelse,
    ...(row.varsel_id ? { meldingId: row.varsel_id } : {}),
  });
  return row.levert ? [entry(row.levert, 'UTLEVERT', forbindelse), ended] : [ended];
}

function entry(at: Date, kode: HendelseKode, more: Partial<TimelineEntry> = {}): TimelineEntry {
  return { tidspunkt: at.toISOString(), kode, ...more };
}

function view(row: MeldingRow): MeldingView {
  return {
    id: row.id,
    type: row.type,
    status: row.status,
    avsenderKontoId: row.avsender_konto_id,
    mottakerKontoId: row.konto_id,
    ...(row.svar_til ? { svarTil: row.svar_til } : {}),
    ...(row.klient_melding_id ? { klientMeldingId: row.klient_melding_id } : {}),
    ...(row.klient_korrelasjons_id ? { klientKorrelasjonsId: row.klient_korrelasjons_id } : {}),
    storrelse: row.storrelse,
    ...(row.dokument_id ? { dokumentlagerId: row.dokument_id } : {}),
    mottatt: row.mottatt.toISOString(),
    utloper: row.utlop.toISOString(),
    ...(row.avsluttet ? { avsluttet: row.avsluttet.toISOString() } : {}),
  };
}
