import { setTimeout as sleep } from 'node:timers/promises';
import type { ExchangeClient } from '@grunnmur/exchange-client';
import { INTL_LOCALE } from '@grunnmur/kernel/i18n';
import type { ExchangeAccess } from '../access/exchange-access.ts';
import { CliError, EXIT, said } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { type Painter, painter } from '../output/painter.ts';
import type { Texts } from '../output/texts.ts';
import { apiError } from '../send/api-error.ts';
import { fetchAnswer } from '../send/fetch-answer.ts';

export interface TraceEntry {
  readonly tidspunkt: string;
  readonly kode: string;
  readonly forbindelse?: string;
  readonly meldingId?: string;
  readonly meldingType?: string;
}

/** `GET /api/exchange/meldinger/{id}/timeline` */
export interface Trace {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly avsenderKontoId: string;
  readonly mottakerKontoId: string;
  readonly klientKorrelasjonsId?: string;
  readonly storrelse: number;
  readonly mottatt: string;
  readonly utloper: string;
  readonly entries: readonly TraceEntry[];
}

const FINAL_AND_BAD = ['FEILET', 'UTLOPT', 'AVVIST'];
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2000;

export async function readTrace(
  io: Io,
  client: ExchangeClient,
  { login }: ExchangeAccess,
  id: string,
): Promise<Trace> {
  const answer = await fetchAnswer(
    io,
    `${login.baseUrl}/api/exchange/meldinger/${encodeURIComponent(id)}/timeline`,
    {
      headers: {
        authorization: `Bearer ${await client.token()}`,
        integrasjonid: login.integrasjonId,
        integrasjonpassord: login.integrasjonPassord,
      },
    },
  );
  if (!answer.ok) throw await apiError(answer);
  return (await answer.json()) as Trace;
}

export function isFailed({ status }: Trace): boolean {
  return FINAL_AND_BAD.includes(status);
}

export interface FollowTrace {
  readonly wait: boolean;
  /** Seconds; undefined: as long as it takes. */
  readonly timeout: number | undefined;
  readonly onEntry: (entry: TraceEntry) => void;
}

/** Shows each entry once; with `wait`, until the receiver has answered for the message or it is given up. */
export async function followTrace(
  io: Io,
  read: () => Promise<Trace>,
  { wait, timeout, onEntry }: FollowTrace,
): Promise<Trace> {
  const deadline = timeout === undefined ? undefined : io.now().getTime() + timeout * 1000;
  let shown = 0;
  let pause = FIRST_PAUSE_MS;
  for (;;) {
    const trace = await read();
    if (trace.entries.length > shown) pause = FIRST_PAUSE_MS;
    for (const entry of trace.entries.slice(shown)) onEntry(entry);
    shown = trace.entries.length;
    const timedOut = deadline !== undefined && io.now().getTime() >= deadline;
    if (!wait || trace.status !== 'PAA_KO' || timedOut) return trace;
    await sleep(pause, undefined, { signal: io.signal }).catch((cause: unknown) => {
      throw new CliError(EXIT.interrupted, said('cli.error.interrupted'), { cause });
    });
    pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS);
  }
}

export function entryLine(entry: TraceEntry, { t, has, locale }: Texts, paint: Painter): string {
  const time = new Date(entry.tidspunkt).toLocaleTimeString(INTL_LOCALE[locale], {
    timeZone: 'Europe/Oslo',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const key = `cli.exchange.hendelse.${entry.kode}`;
  // A server newer than this tool may know entries that it does not.
  const text = has(key) ? t(key, { type: entry.meldingType ?? '' }) : entry.kode;
  const detail = [entry.forbindelse, entry.meldingId].filter((part) => part !== undefined).join('  ');
  return `  ${paint.dim(time)}  ${text}${detail ? `  ${paint.dim(detail)}` : ''}\n`;
}

export function standingLine(io: Io, trace: Trace, { t, has }: Texts): string {
  const paint = painter(io.colour);
  const key = `cli.exchange.status.${trace.status}`;
  const tone = isFailed(trace) ? paint.bad : trace.status === 'KVITTERT' ? paint.good : paint.strong;
  return `${tone(has(key) ? t(key) : trace.status)}\n`;
}
