import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { TAG_HEADER } from './exchange-senders.ts';

export interface StoredMessage {
  readonly id: string;
  readonly konto: string;
  readonly avsender: string;
  readonly type: string;
  readonly svarTil: string | null;
  readonly plattform: boolean;
  readonly status: 'PAA_KO' | 'KVITTERT' | 'AVVIST' | 'FEILET' | 'UTLOPT';
  readonly hash: string | null;
  readonly size: number;
  readonly tag: string | null;
  /** Steps of its timeline that count deliveries and their ends, in order. */
  readonly steps: readonly string[];
  /** ms since 1970. */
  readonly endedAt: number | null;
}

/** Every message in the database with its timeline, behind row-level security. */
export async function storedMessages(owner: pg.Pool): Promise<StoredMessage[]> {
  const { rows } = await owner.query<StoredMessage>(
    `select m.id, m.konto_id as konto, m.avsender_konto_id as avsender, m.type, m.svar_til as "svarTil", m.plattform, m.status,
       encode(m.sha256, 'hex') as hash, m.storrelse::int as size, m.headere ->> $1 as tag,
       coalesce((select jsonb_agg(h.kode order by h.nr) from exchange.hendelse h where h.melding_id = m.id), '[]') as steps,
       extract(epoch from m.avsluttet)::float8 * 1000 as "endedAt"
     from exchange.melding m order by m.id`,
    [TAG_HEADER],
  );
  return rows;
}

/** Waits until nothing is left on any queue; what is left after `limitMs`. */
export async function waitForQueues(owner: pg.Pool, limitMs: number): Promise<string[]> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const { rows } = await owner.query<{ what: string }>(
      `select konto_id || ' ' || seq || ' attempts ' || forsok || coalesce(' with ' || forbindelse || ' since ' || levert, '') as what
       from exchange.ko order by konto_id, seq limit 20`,
    );
    if (rows.length === 0 || performance.now() > deadline) return rows.map((row) => row.what);
    await sleep(100);
  }
}
