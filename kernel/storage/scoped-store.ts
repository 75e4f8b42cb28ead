import type { ObjectStore } from './object-store.ts';

const TENANT_LENGTH = 36;

/**
 * One part of a shared store: keys `<tenant>/<rest>` lie at `<tenant>/<scope>/<rest>`, and `list` gives those only. So each
 * room can sweep its own orphans, whatever the store is kept in.
 */
export function scopedStore(store: ObjectStore, scope: string): ObjectStore {
  const inside = (key: string) => `${key.slice(0, TENANT_LENGTH)}/${scope}${key.slice(TENANT_LENGTH)}`;
  return {
    ...store,
    put: (key, source, options) => store.put(inside(key), source, options),
    get: (key, range) => store.get(inside(key), range),
    stat: (key) => store.stat(inside(key)),
    remove: (keys) => store.remove(keys.map(inside)),
    localCopy: (key) => store.localCopy(inside(key)),
    list: (prefix) => listScope(store, scope, prefix.length > TENANT_LENGTH ? inside(prefix) : prefix),
  };
}

async function* listScope(store: ObjectStore, scope: string, prefix: string) {
  for await (const { key, modifiedAt } of store.list(prefix)) {
    if (scopeOf(key) !== scope) continue;
    yield { key: key.slice(0, TENANT_LENGTH) + key.slice(TENANT_LENGTH + 1 + scope.length), modifiedAt };
  }
}

/** The rest of a shared store: what lies in none of `scopes`. */
export function withoutScopes(store: ObjectStore, scopes: readonly string[]): ObjectStore {
  return {
    ...store,
    list: async function* (prefix) {
      for await (const each of store.list(prefix)) if (!scopes.includes(scopeOf(each.key))) yield each;
    },
  };
}

function scopeOf(key: string): string {
  const end = key.indexOf('/', TENANT_LENGTH + 1);
  return key.slice(TENANT_LENGTH + 1, end < 0 ? undefined : end);
}
