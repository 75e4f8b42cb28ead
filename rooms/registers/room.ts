import type { RoomManifest } from '@grunnmur/kernel/room';
import { FOLKEREGISTER_SCOPE, KRR_SCOPES } from './external/scopes.ts';
import { settings } from './settings.ts';

/** The gateways to the national registers. The room owns no tables. */
export const room: RoomManifest = {
  name: 'registers',
  uses: [],
  locales: new URL('./locales/', import.meta.url),
  settings,
  scopes: [...Object.values(KRR_SCOPES), FOLKEREGISTER_SCOPE],
  create: async (host) => (await import('./build-room.ts')).buildRoom(host),
};
