import { room as access } from '@grunnmur/access/manifest';
import { room as documents } from '@grunnmur/documents/manifest';
import { room as exchange } from '@grunnmur/exchange/manifest';
import { orderRooms, type RoomManifest } from '@grunnmur/kernel/room';
import { room as post } from '@grunnmur/post/manifest';
import { room as registers } from '@grunnmur/registers/manifest';

/** The rooms of this platform, each after those it uses. The one list of them. */
export const ROOMS: readonly RoomManifest[] = orderRooms([registers, access, post, exchange, documents]);
