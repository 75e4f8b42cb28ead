import { form, optionalFlag, type RoomSettings } from '@grunnmur/kernel/room';
import { Type } from 'typebox';

export const Settings = Type.Object({
  BUILT_IN_ISSUER: optionalFlag({
    doc: 'true: Grunnmur gives access tokens to registered clients itself, for closed installations. Default true in a demonstration, false in production.',
    example: 'false',
  }),
  TOKEN_AUDIENCES: form('^\\S+( \\S+)*$', {
    rule: 'must be addresses with one space between them',
    doc: 'What an access token may name as its receiver (aud) beside PUBLIC_URL and addresses below it, with a space between: an address that the installation had before, or the one that clients ask Maskinporten for (resource).',
    example: 'https://brev-gammel.example.no https://api.example.no',
  }),
});

export const settings: RoomSettings = { title: 'Token issuer', schema: Settings };
