import type { Database, Trx } from '@grunnmur/kernel/db';

/** What one konto wants: up to `navn.length` messages from `fra` on, the n-th for the connection `navn[n]`. */
export interface HentOnske {
  readonly kontoId: string;
  /** No entry before this waits, as far as the caller knows; 0 to look from the beginning. */
  readonly fra: number;
  readonly navn: readonly string[];
}

/** A message that has been given out. */
export interface HentetMelding {
  readonly konto_id: string;
  readonly seq: number;
  /** 1 for the first of its konto. */
  readonly plass: number;
  readonly redelivered: boolean;
  readonly id: string;
  /** The receiver's organisation. */
  readonly tenant_id: string;
  readonly avsender_konto_id: string;
  readonly avsender_navn: string | null;
  readonly type: string;
  readonly svar_til: string | null;
  readonly svar_til_type: string | null;
  readonly headere: Readonly<Record<string, string>>;
  readonly storrelse: number;
  readonly objekt: string | null;
  readonly dokument_id: string | null;
  readonly mottatt: Date;
  /** Time left before the deadline, in ms. */
  readonly rest_ms: number;
  readonly innhold: Buffer | null;
}

/** How a delivery or an entry ends; see `exchange.ko_gjor_opp`. */
type Utfall = 'ack' | 'reject' | 'requeue' | 'connection_lost' | 'released' | 'undelivered' | 'damaged';

export interface Oppgjor {
  readonly kontoId: string;
  readonly seq: number;
  readonly token: string;
  readonly utfall: Utfall;
}

export interface OppgjorSvar {
  /** Stored payloads that no queue needs any more. */
  readonly objekter: readonly { readonly tenant: string; readonly objekt: string }[];
  /** Queues with something new, and its first place. */
  readonly ko: readonly { readonly konto: string; readonly seq: number }[];
  readonly antall: number;
}

/** Gives out messages of all the kontoer in one statement, in the order of each queue (fiks-io §3.3). */
export async function hentFraKo(
  db: Database,
  node: string,
  token: string,
  onsker: readonly HentOnske[],
): Promise<HentetMelding[]> {
  const start: number[] = [];
  const navn: string[] = [];
  for (const onske of onsker) {
    start.push(navn.length);
    navn.push(...onske.navn);
  }
  const { rows } = await db.pool.query<HentetMelding>({
    name: 'exchange_ko_hent',
    text: 'select * from exchange.ko_hent($1, $2, $3, $4, $5, $6, $7, null)',
    values: [
      node,
      token,
      onsker.map((onske) => onske.kontoId),
      onsker.map((onske) => onske.fra),
      onsker.map((onske) => onske.navn.length),
      start,
      navn,
    ],
  });
  return rows;
}

/** Takes back what was given out under a token, when the answer of {@link hentFraKo} was lost on its way. */
export async function angreHenting(
  db: Database,
  token: string,
  kontoer: readonly string[],
): Promise<OppgjorSvar> {
  const { rows } = await db.pool.query<{ svar: OppgjorSvar }>({
    name: 'exchange_ko_angre',
    text: 'select exchange.ko_angre($1, $2, null) as svar',
    values: [token, kontoer],
  });
  return rows[0]!.svar;
}

/** Ends messages of a konto's outbox whose payloads are lost or damaged: FEILET, and their senders are told. */
export async function endSkadet(db: Database, kontoId: string, seq: readonly number[]): Promise<OppgjorSvar> {
  const { rows } = await db.pool.query<{ svar: OppgjorSvar }>({
    name: 'exchange_ko_skadet',
    text: 'select exchange.ko_skadet($1, $2, null) as svar',
    values: [kontoId, seq],
  });
  return rows[0]!.svar;
}

/** Ends deliveries; those that are no longer the caller's are ignored. One commit for all of them. */
export async function gjorOpp(db: Database, oppgjor: readonly Oppgjor[]): Promise<OppgjorSvar> {
  const { rows } = await db.pool.query<{ svar: OppgjorSvar }>({
    name: 'exchange_ko_oppgjor',
    text: 'select exchange.ko_oppgjor($1, $2, $3, $4, null) as svar',
    values: [
      oppgjor.map((each) => each.kontoId),
      oppgjor.map((each) => each.seq),
      oppgjor.map((each) => each.token),
      oppgjor.map((each) => each.utfall),
    ],
  });
  return rows[0]!.svar;
}

/** Expires at most `antall` messages whose deadline has passed, and tells their senders (§3.5). */
export async function utlopt(db: Database, antall: number): Promise<OppgjorSvar> {
  const { rows } = await db.pool.query<{ svar: OppgjorSvar }>({
    name: 'exchange_ko_utlop',
    text: 'select exchange.ko_utlop($1, null) as svar',
    values: [antall],
  });
  return rows[0]!.svar;
}

/** Gives up everything on the queue of a konto, in the transaction that closes it. */
export async function stengKo(trx: Trx, kontoId: string): Promise<OppgjorSvar> {
  const { rows } = await trx.pg.query<{ svar: OppgjorSvar }>({
    name: 'exchange_ko_steng',
    text: 'select exchange.ko_steng($1, null) as svar',
    values: [kontoId],
  });
  return rows[0]!.svar;
}

export interface KoAntall {
  readonly konto_id: string;
  readonly meldinger: number;
  /** On other nodes than the caller. */
  readonly konsumenter: number;
}

/** Counts by exact konto; counting messages stops at `tak`, so that it costs the same whatever waits. */
export async function antallPaKo(
  db: Database,
  node: string,
  kontoer: readonly string[],
  tak: number,
): Promise<KoAntall[]> {
  const { rows } = await db.pool.query<KoAntall>({
    name: 'exchange_ko_antall',
    text: 'select * from exchange.ko_antall($1, $2, $3)',
    values: [kontoer, tak, node],
  });
  return rows;
}
