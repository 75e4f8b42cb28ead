import { optionalFlag, type RoomSettings } from '@grunnmur/kernel/room';
import { Type } from 'typebox';

export const Settings = Type.Object({
  BUILT_IN_ISSUER: optionalFlag({
    doc: 'true: Grunnmur gives access tokens to registered clients itself, for closed installations. Default true in a demonstration, false in production.',
    example: 'false',
  }),
});

export const settings: RoomSettings = { title: 'Token issuer', schema: Settings };
