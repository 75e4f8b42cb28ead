import type { Trx } from '@grunnmur/kernel/db';
import { affected, rows } from './sql.ts';

export interface SessionRow {
  readonly person: string;
  readonly level: number;
  readonly id_token: string | null;
  readonly created_at: Date;
  readonly expires_at: Date;
}

export interface NewSessionRow extends SessionRow {
  readonly idHash: Buffer;
  readonly idleSeconds: number;
}

/** The transaction's actor must be the person the session is for. */
export async function insertSession(trx: Trx, row: NewSessionRow): Promise<void> {
  await affected(
    trx,
    'insert_session',
    `insert into access.session (id_hash, person, level, id_token, created_at, last_seen_at, idle_seconds, expires_at)
     values ($1, $2, $3, $4, $5, $5, $6, $7)`,
    [row.idHash, row.person, row.level, row.id_token, row.created_at, row.idleSeconds, row.expires_at],
  );
}

export async function findLiveSession(trx: Trx, idHash: Buffer): Promise<SessionRow | null> {
  const found = await rows<SessionRow>(trx, 'find_session', 'select * from access.find_session($1, $2)', [
    idHash,
    trx.ctx.now(),
  ]);
  return found[0] ?? null;
}

export async function deleteSession(trx: Trx, idHash: Buffer): Promise<SessionRow | null> {
  const found = await rows<SessionRow>(trx, 'end_session', 'select * from access.end_session($1)', [idHash]);
  return found[0] ?? null;
}

/** Removes sessions, one-time ids and refusal counts that have served their time. */
export async function purge(trx: Trx): Promise<void> {
  await rows(trx, 'purge', 'select access.purge($1)', [trx.ctx.now()]);
}
