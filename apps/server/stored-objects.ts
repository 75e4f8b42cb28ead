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
  for (const [, sharing] of Map.groupBy(ROOMS, ({ storage }) => storage?.scope)) {
    const parts = sharing.flatMap((room) => (room.storage ? [room.storage] : []));
    if (parts.length === 0) continue;
    // Rooms that share a part are read together: what one of them names is no orphan.
    const objects = await Promise.all(parts.map((part) => part.objects()));
    found.push({
      room: objects.map(({ room }) => room).join(', '),
      tables: objects.flatMap(({ tables }) => tables),
      store: stores.of({ storage: parts[0]! }),
    });
  }
  return found;
}
