import { createHash } from 'node:crypto';
import { randomToken } from '@grunnmur/kernel/crypto';
import { withCtx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { HOUR_MS, MINUTE_MS } from '@grunnmur/kernel/time';
import type { PersonNumberRules } from '@grunnmur/registers';
import type { Access, Session } from '../contract.ts';
import { deleteSession, findLiveSession, insertSession, type SessionRow } from '../store/session-store.ts';
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

type Sessions = Pick<Access, 'createSession' | 'findSession' | 'endSession'>;

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
      await withTransaction(asPerson, (trx) =>
        insertSession(trx, { ...row, idHash: hashOf(token), idleSeconds: Math.ceil(idleMs / 1000) }),
      );
      return { token, session: toSession(row) };
    },
    findSession: async (ctx, token) => {
      if (!TOKEN.test(token)) return null;
      const row = await withTransaction(ctx, (trx) => findLiveSession(trx, hashOf(token)));
      return row && toSession(row);
    },
    endSession: async (ctx, token) => {
      if (!TOKEN.test(token)) return null;
      const row = await withTransaction(ctx, (trx) => deleteSession(trx, hashOf(token)));
      return row && toSession(row);
    },
  };
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
