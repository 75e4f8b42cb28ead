import { type RoomSettings, url } from '@grunnmur/kernel/room';
import { Type } from 'typebox';

export const Settings = Type.Object({
  KRR_URL: url({
    doc: 'Contact and reservation register.',
    example: 'https://kontaktregisteret.no',
    production: true,
    service: true,
  }),
  ENHETSREGISTERET_URL: url({
    doc: 'Register of organisations.',
    example: 'https://data.brreg.no',
    production: true,
    service: true,
  }),
  FOLKEREGISTERET_URL: url({
    doc: 'Population register, with right package.',
    example: 'https://folkeregisteret.api.skatteetaten.no/folkeregisteret/offentlig-med-hjemmel/api',
    production: true,
    service: true,
  }),
});

export const settings: RoomSettings = { title: 'National registers', schema: Settings };
