import type { RoomManifest } from '@grunnmur/kernel/room';

/** Dokumentlager: documents too large for a message, and the payloads of messages over the threshold. */
export const room: RoomManifest = {
  name: 'documents',
  uses: ['access', 'registers', 'exchange'],
  migrations: new URL('./migrations/', import.meta.url),
  locales: new URL('./locales/', import.meta.url),
  storage: {
    // Shared with `exchange`, where documents lay when they were a part of it; its sweeper asks us before it removes anything.
    scope: 'exchange',
    objects: async () => (await import('./store/stored-objects.ts')).STORED_OBJECTS,
  },
  create: async (host) => (await import('./build-room.ts')).buildRoom(host),
};
