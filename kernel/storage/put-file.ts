import { createDiskWriter } from './disk-write.ts';
import type { FileOps } from './file-ops.ts';
import type { FolderSync } from './folder-sync.ts';
import type { KeyRing } from './key-ring.ts';
import { pathOfKey } from './object-key.ts';
import type { PutOptions, StoredObject } from './object-store.ts';
import { sealSource } from './seal-source.ts';

/** Where files are written, and under which keys. */
export interface FilePlace {
  readonly root: string;
  readonly keyRing: Pick<KeyRing, 'forTenant'>;
  readonly files: FileOps;
  readonly folders: FolderSync;
}

/** Seals `source` into the file of `key`, durable when it resolves; when it rejects nothing is left. */
export async function putFile(
  place: FilePlace,
  key: string,
  source: AsyncIterable<Uint8Array> | Uint8Array,
  options: PutOptions,
): Promise<StoredObject> {
  const writer = createDiskWriter(pathOfKey(place.root, key), place.files, place.folders);
  try {
    const stored = await sealSource(place.keyRing, key, source, options, writer.sink);
    await writer.commit(options.signal);
    return stored;
  } catch (error) {
    writer.discard();
    throw error;
  }
}
