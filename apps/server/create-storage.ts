import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Database } from '@grunnmur/kernel/db';
import type { Logger } from '@grunnmur/kernel/log';
import type { RoomManifest } from '@grunnmur/kernel/room';
import {
  createDiskStore,
  createS3Store,
  type ObjectFault,
  type ObjectStore,
  postgresKeyRing,
  scopedStore,
  watchedStore,
  withoutScopes,
} from '@grunnmur/kernel/storage';
import type { Config } from './read-config.ts';
import { ROOMS } from './rooms.ts';

/** One part of the store for each room: a room removes what it does not know from its own part. */
export interface RoomStores {
  readonly of: (room: Pick<RoomManifest, 'storage'>) => ObjectStore;
  /** All of it. */
  readonly whole: ObjectStore;
  /** Objects that turned out to be lost or damaged when they were read, since this process started. */
  readonly faults: ReadonlyMap<ObjectFault, number>;
}

/** The object store that the settings name, with every tenant's data key sealed by the master key. */
export function createStorage(
  config: Config,
  db: Database,
  masterKey: Uint8Array,
  log: Pick<Logger, 'error'>,
): RoomStores {
  const faults = new Map<ObjectFault, number>();
  const whole = watchedStore(openStore(config, db, masterKey), (key, fault) => {
    faults.set(fault, (faults.get(fault) ?? 0) + 1);
    log.error({ key, fault }, 'a stored object is lost or damaged');
  });
  const scopes = ROOMS.flatMap(({ storage }) => storage?.scope ?? []);
  return {
    whole,
    faults,
    of: ({ storage }) =>
      storage?.scope === undefined ? withoutScopes(whole, scopes) : scopedStore(whole, storage.scope),
  };
}

function openStore(config: Config, db: Database, masterKey: Uint8Array): ObjectStore {
  const id = createHash('sha256').update('master-key-id').update(masterKey).digest('hex').slice(0, 16);
  const keyRing = postgresKeyRing(db.pool, { current: { id, key: masterKey } });
  if (!config.s3) return createDiskStore({ root: join(config.dataDir, 'objects'), keyRing });
  const { endpoint, ...s3 } = config.s3;
  return createS3Store({
    ...s3,
    keyRing,
    temporaryFolder: join(config.dataDir, 'spool'),
    ...(endpoint ? { endpoint } : {}),
  });
}
