import type { RoomManifest } from '@grunnmur/kernel/room';
import { settings } from './settings.ts';

/** Letters: SvarUt's and SvarInn's faces, delivery, and what readers may ask. */
export const room: RoomManifest = {
  name: 'post',
  uses: ['registers', 'access'],
  migrations: new URL('./migrations/', import.meta.url),
  locales: new URL('./locales/', import.meta.url),
  settings,
  // Documents lay in the store before there were other rooms: theirs is what no other room has.
  storage: { objects: async () => (await import('./store/stored-objects.ts')).STORED_OBJECTS },
  scopes: ['altinn:correspondence.write', 'altinn:correspondence.read', 'digitalpostinnbygger:send', 'print'],
  create: async (host) => (await import('./build-room.ts')).buildRoom(host),
};
