import type { RoomObjects } from '@grunnmur/kernel/storage';

/** What this room keeps in the object store, for whoever reads all of it back. */
export const STORED_OBJECTS: Omit<RoomObjects, 'store'> = {
  room: 'exchange',
  tables: [
    {
      name: 'exchange.melding',
      id: 'objekt',
      size: 'storrelse',
      sha256: 'sha256',
      // A payload goes when its message leaves the queue.
      where: `objekt is not null and status = 'PAA_KO'`,
    },
  ],
};
