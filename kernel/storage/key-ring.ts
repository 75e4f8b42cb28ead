import { randomBytes } from 'node:crypto';
import { newId } from '../ids/index.ts';
import { StorageError } from './errors.ts';

export interface DataKey {
  /** UUID; stands in the header of each object made under the key. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/** The data keys of tenants. Both functions answer from memory after the first call. */
export interface KeyRing {
  /** The key that new objects of `tenant` (UUID) are made under; created on first use. */
  forTenant(tenant: string): Promise<DataKey>;
  /** The key with this id; `StorageError.keyMissing` when there is none. */
  byId(id: string): Promise<Uint8Array>;
}

/** Keys that live as long as the process: for tests and throw-away stores. */
export function memoryKeyRing(): KeyRing {
  const byTenant = new Map<string, DataKey>();
  const keys = new Map<string, Uint8Array>();
  return {
    forTenant: async (tenant) => {
      let dataKey = byTenant.get(tenant);
      if (!dataKey) {
        dataKey = { id: newId(), key: randomBytes(32) };
        byTenant.set(tenant, dataKey);
        keys.set(dataKey.id, dataKey.key);
      }
      return dataKey;
    },
    byId: async (id) => {
      const key = keys.get(id);
      if (!key) throw StorageError.keyMissing();
      return key;
    },
  };
}
