import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Database } from '@grunnmur/kernel/db';
import {
  createDiskStore,
  createS3Store,
  type ObjectStore,
  postgresKeyRing,
  scopedStore,
  withoutScopes,
} from '@grunnmur/kernel/storage';
import type { Config } from './read-config.ts';

const EXCHANGE = 'exchange';

/** One part of the store for each room: a room removes what it does not know from its own part. */
export interface RoomStores {
  readonly post: ObjectStore;
  readonly exchange: ObjectStore;
}

/** The object store that the settings name, with every tenant's data key sealed by the master key. */
export function createStorage(config: Config, db: Database, masterKey: Uint8Array): RoomStores {
  const store = openStore(config, db, masterKey);
  return { post: withoutScopes(store, [EXCHANGE]), exchange: scopedStore(store, EXCHANGE) };
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
