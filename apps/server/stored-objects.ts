import type { Database } from '@grunnmur/kernel/db';
import type { RoomObjects } from '@grunnmur/kernel/storage';
import { createStorage } from './create-storage.ts';
import type { Config } from './read-config.ts';
import { ROOMS } from './rooms.ts';
import { demoMasterKey } from './secrets.ts';

/** Every room's objects, and the part of the store where they lie. Only to be read; `db` finds the data keys. */
export async function storedObjects(config: Config, db: Database): Promise<readonly RoomObjects[]> {
  const masterKey = config.masterKey ?? (await demoMasterKey(config.dataDir));
  // Each fault is told by who reads.
  const stores = createStorage(config, db, masterKey, { error: () => {} });
  const found: RoomObjects[] = [];
  for (const room of ROOMS)
    if (room.storage) found.push({ ...(await room.storage.objects()), store: stores.of(room) });
  return found;
}
