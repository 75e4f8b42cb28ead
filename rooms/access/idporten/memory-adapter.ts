import { createLruMap } from '@grunnmur/kernel/auth';
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

/** Everything the simulator remembers, of all kinds together; the least recently used gives way. */
const MAX_ENTRIES = 20_000;

interface Entry {
  readonly payload: AdapterPayload;
  readonly expiresAt: number;
}

/**
 * The store of the login simulator: memory of this process, bounded. Logins in progress are lost at a restart, and a
 * person then just logs in again; the portal's own sessions are in the database.
 */
export function createMemoryAdapter(nowMs: () => number): AdapterFactory {
  const entries = createLruMap<string, Entry>(MAX_ENTRIES);
  /** Secondary names (uid, user code) of entries. */
  const aliases = createLruMap<string, string>(MAX_ENTRIES);

  const read = (key: string | undefined): AdapterPayload | undefined => {
    const entry = key === undefined ? undefined : entries.get(key);
    if (!key || !entry) return undefined;
    if (entry.expiresAt > nowMs()) return entry.payload;
    entries.delete(key);
    return undefined;
  };
  /** Of one kind only: a login in progress names the grant of the session it began in, and must outlive that. */
  const revokeGrant = (name: string, grantId: string): void => {
    for (const [key, entry] of [...entries.entries()]) {
      if (key.startsWith(`${name}:`) && entry.payload.grantId === grantId) entries.delete(key);
    }
  };

  return (name): Adapter => {
    const keyOf = (id: string) => `${name}:${id}`;
    return {
      upsert: async (id, payload, expiresIn) => {
        const expiresAt = expiresIn ? nowMs() + expiresIn * 1000 : Number.POSITIVE_INFINITY;
        entries.set(keyOf(id), { payload, expiresAt });
        if (payload.uid) aliases.set(`${name}:uid:${payload.uid}`, keyOf(id));
        if (payload.userCode) aliases.set(`${name}:code:${payload.userCode}`, keyOf(id));
      },
      find: async (id) => read(keyOf(id)),
      findByUid: async (uid) => read(aliases.get(`${name}:uid:${uid}`)),
      findByUserCode: async (code) => read(aliases.get(`${name}:code:${code}`)),
      consume: async (id) => {
        const payload = read(keyOf(id));
        if (payload) payload.consumed = Math.floor(nowMs() / 1000);
      },
      destroy: async (id) => entries.delete(keyOf(id)),
      revokeByGrantId: async (grantId) => revokeGrant(name, grantId),
    };
  };
}
