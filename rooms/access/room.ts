import type { RoomManifest } from '@grunnmur/kernel/room';
import { settings } from './settings.ts';

/** Organisations, people, integrations, their logins and tokens. */
export const room: RoomManifest = {
  name: 'access',
  uses: ['registers'],
  migrations: new URL('./migrations/', import.meta.url),
  locales: new URL('./locales/', import.meta.url),
  settings,
  create: async (host) => (await import('./build-room.ts')).buildRoom(host),
};
