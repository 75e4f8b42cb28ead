import type { RoomObjects } from '@grunnmur/kernel/storage';

/** What this room keeps in the object store, for whoever reads all of it back. */
export const STORED_OBJECTS: Omit<RoomObjects, 'store'> = {
  room: 'documents',
  tables: [
    {
      name: 'documents.dokument',
      id: 'id',
      size: 'ukryptert_storrelse',
      sha256: 'sha256',
      where: 'slettet is null and fjernet is null',
      // Deleted for everybody, and its bytes not yet removed.
      mayHave: 'fjernet is null',
    },
  ],
};
