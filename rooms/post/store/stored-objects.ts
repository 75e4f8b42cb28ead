import type { RoomObjects } from '@grunnmur/kernel/storage';

/** What this room keeps in the object store, for whoever reads all of it back. */
export const STORED_OBJECTS: Omit<RoomObjects, 'store'> = {
  room: 'post',
  tables: [
    {
      name: 'post.dokument',
      id: 'objekt',
      size: 'storrelse',
      sha256: 'sha256',
      where: 'objekt is not null',
    },
  ],
};
