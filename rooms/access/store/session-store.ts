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
  readonly sid: string | null;
  readonly sub: string | null;
  readonly device: string | null;
  readonly idleSeconds: number;
}

/** The transaction's actor must be the person the session is for. */
export async function insertSession(trx: Trx, row: NewSessionRow): Promise<void> {
  await affected(
    trx,
    'insert_session',
    `insert into access.session
       (id_hash, person, level, id_token, created_at, last_seen_at, idle_seconds, expires_at, sid, sub, device)
     values ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10)`,
    [
      row.idHash,
      row.person,
      row.level,
      row.id_token,
      row.created_at,
      row.idleSeconds,
      row.expires_at,
      row.sid,
      row.sub,
      row.device,
    ],
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

export interface OwnSessionRow {
  readonly handle: string;
  readonly level: number;
  readonly device: string | null;
  readonly created_at: Date;
  readonly last_seen_at: Date;
  readonly current: boolean;
}

/** The live sessions of the transaction's actor, who is a person; the newest first. */
export function findOwnSessions(trx: Trx, idHash: Buffer, limit: number): Promise<OwnSessionRow[]> {
  return rows<OwnSessionRow>(
    trx,
    'find_own_sessions',
    `select handle, level, device, created_at, last_seen_at, id_hash = $1 as current from access.session
     where person = (select kernel.current_person())
       and expires_at > $2 and last_seen_at + make_interval(secs => idle_seconds) > $2
     order by created_at desc, handle limit $3`,
    [idHash, trx.ctx.now(), limit],
  );
}

/** Ends one session of the actor's own, or all but one; gives the handles of those that were. */
export async function deleteOwnSessions(
  trx: Trx,
  which: { readonly handle: string } | { readonly allBut: Buffer },
): Promise<string[]> {
  const [name, condition, value] =
    'handle' in which
      ? ['end_own_session', 'handle = $1', which.handle]
      : ['end_other_sessions', 'id_hash <> $1', which.allBut];
  const ended = await rows<{ handle: string }>(
    trx,
    name as string,
    `delete from access.session where person = (select kernel.current_person()) and ${condition} returning handle`,
    [value],
  );
  return ended.map(({ handle }) => handle);
}

/** Ends what the login service names; see OpenID Connect Back-Channel Logout 1.0 §2.4. */
export function deleteSessionsOf(
  trx: Trx,
  named: { readonly sid: string | undefined; readonly sub: string | undefined },
): Promise<{ person: string; handle: string }[]> {
  return rows(trx, 'end_sessions_of', 'select * from access.end_sessions_of($1, $2)', [
    named.sid ?? null,
    named.sub ?? null,
  ]);
}

/** Removes sessions, one-time ids and refusal counts that have served their time. */
export async function purge(trx: Trx): Promise<void> {
  await rows(trx, 'purge', 'select access.purge($1)', [trx.ctx.now()]);
}
