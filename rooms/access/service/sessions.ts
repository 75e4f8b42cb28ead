import { createHash } from 'node:crypto';
import { audit } from '@grunnmur/kernel/audit';
import { randomToken } from '@grunnmur/kernel/crypto';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import { isUuid } from '@grunnmur/kernel/ids';
import { HOUR_MS, MINUTE_MS } from '@grunnmur/kernel/time';
import type { PersonNumberRules } from '@grunnmur/registers';
import type { Access, Session } from '../contract.ts';
import {
  deleteOwnSessions,
  deleteSession,
  deleteSessionsOf,
  findLiveSession,
  findOwnSessions,
  insertSession,
  type SessionRow,
} from '../store/session-store.ts';
import { checkPersonNumber } from './change.ts';

export interface SessionLimits {
  /** Default 30 minutes. */
  readonly idleMs?: number;
  /** Default 8 hours. */
  readonly absoluteMs?: number;
}

const MAX_ID_TOKEN_LENGTH = 8192;
/** A 32-byte random token as base64url: anything else was not made here and is not worth a query. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

type Sessions = Pick<
  Access,
  | 'createSession'
  | 'findSession'
  | 'endSession'
  | 'listSessions'
  | 'endOwnSession'
  | 'endOtherSessions'
  | 'endSessionsOf'
>;

/** More logins than these at once nobody looks through. */
const MOST_LISTED = 100;
/** As the table allows; longer names are not the login service's. */
const MAX_NAME_LENGTH = 255;

/** Portal logins. The cookie's value is a random token that is stored as its hash only. */
export function createSessions(limits: SessionLimits, numbers: PersonNumberRules = {}): Sessions {
  const { idleMs = 30 * MINUTE_MS, absoluteMs = 8 * HOUR_MS } = limits;
  return {
    createSession: async (ctx, input) => {
      checkPersonNumber(input.fnr, numbers);
      const token = randomToken(32);
      const createdAt = ctx.now();
      // The hint only spares the person a question at logout; one too long to keep is left out.
      const hint = input.idToken && input.idToken.length <= MAX_ID_TOKEN_LENGTH ? input.idToken : null;
      const row: SessionRow = {
        person: input.fnr,
        level: input.level,
        id_token: hint,
        created_at: createdAt,
        expires_at: new Date(createdAt.getTime() + absoluteMs),
      };
      // Row-level security lets a session be written by its own person only.
      const asPerson = withCtx(ctx, { tenant: null, actor: { kind: 'person', id: input.fnr } });
      await withTransaction(asPerson, async (trx) => {
        await insertSession(trx, {
          ...row,
          idHash: hashOf(token),
          idleSeconds: Math.ceil(idleMs / 1000),
          sid: nameOrNull(input.sid),
          sub: nameOrNull(input.sub),
          device: input.device ?? null,
        });
        await recordLogin(trx, input.fnr, input.level);
      });
      return { token, session: toSession(row) };
    },
    findSession: async (ctx, token) => {
      if (!TOKEN.test(token)) return null;
      const row = await withTransaction(ctx, (trx) => findLiveSession(trx, hashOf(token)));
      return row && toSession(row);
    },
    endSession: async (ctx, token) => {
      if (!TOKEN.test(token)) return null;
      // Whose it is decides in whose name it ends: her own doing, in the log as elsewhere.
      const live = await withTransaction(ctx, (trx) => findLiveSession(trx, hashOf(token)));
      const asPerson = live && withCtx(ctx, { tenant: null, actor: { kind: 'person', id: live.person } });
      return withTransaction(asPerson ?? ctx, async (trx) => {
        const row = await deleteSession(trx, hashOf(token));
        if (row && asPerson) await recordEnds(trx, 'logout', [{ person: row.person }]);
        return row && toSession(row);
      });
    },
    listSessions: async (ctx, token) => {
      const found = await withTransaction(ctx, (trx) => findOwnSessions(trx, hashOf(token), MOST_LISTED));
      return found.map((row) => ({
        id: row.handle,
        level: row.level === 4 ? 4 : 3,
        device: row.device ?? undefined,
        createdAt: row.created_at,
        lastSeenAt: row.last_seen_at,
        current: row.current,
      }));
    },
    endOwnSession: async (ctx, id) => isUuid(id) && (await endOwn(ctx, { handle: id.toLowerCase() })) > 0,
    endOtherSessions: (ctx, token) => endOwn(ctx, { allBut: hashOf(token) }),
    endSessionsOf: async (ctx, { sid, sub }) => {
      const named = { sid: nameOrNull(sid) ?? undefined, sub: nameOrNull(sub) ?? undefined };
      if (!named.sid && !named.sub) return 0;
      const asService = withCtx(ctx, {
        tenant: null,
        actor: { kind: 'system', id: 'idporten', name: 'ID-porten' },
      });
      return withTransaction(asService, async (trx) => {
        const ended = await deleteSessionsOf(trx, named);
        await recordEnds(trx, 'login_service', ended);
        return ended.length;
      });
    },
  };
}

function endOwn(ctx: Ctx, which: Parameters<typeof deleteOwnSessions>[1]): Promise<number> {
  return withTransaction(ctx, async (trx) => {
    const ended = await deleteOwnSessions(trx, which);
    const person = ctx.actor.id;
    await recordEnds(
      trx,
      'person',
      ended.map((handle) => ({ person, handle })),
    );
    return ended.length;
  });
}

/** The last thing in its transaction: the log's chain is held from here on. */
async function recordEnds(
  trx: Trx,
  by: 'logout' | 'person' | 'login_service',
  ended: readonly { readonly person: string; readonly handle?: string }[],
): Promise<void> {
  await audit(
    trx,
    ended.map(({ person, handle }) => ({
      operation: 'access.session.end',
      outcome: 'ok' as const,
      subject: person,
      informationKind: 'login',
      detail: { by },
      ...(handle === undefined ? {} : { object: handle }),
    })),
  );
}

function nameOrNull(name: string | undefined): string | null {
  return name && name.length <= MAX_NAME_LENGTH ? name : null;
}

/** Who logged in, when and at which level: among the entries that the person can read. */
async function recordLogin(trx: Trx, fnr: string, niva: 3 | 4): Promise<void> {
  await audit(trx, [
    {
      operation: 'access.innlogging',
      subject: fnr,
      informationKind: 'login',
      outcome: 'ok',
      detail: { niva },
    },
  ]);
}

/** Fast on purpose: 256 random bits cannot be guessed, and the hash is looked up on every page. */
function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function toSession(row: SessionRow): Session {
  return {
    fnr: row.person,
    level: row.level === 4 ? 4 : 3,
    idToken: row.id_token ?? undefined,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
