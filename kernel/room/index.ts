export { ConfigError } from './config-error.ts';
export { type ContractKey, contractOf } from './contract-key.ts';
export type {
  DemoClock,
  DemoHost,
  KeyPair,
  LoginClient,
  OutgoingClient,
  OutgoingIdentity,
  PersonReader,
  RoomHost,
} from './host.ts';
export type {
  Listening,
  ListeningPlan,
  PlannedPort,
  Room,
  RoomDemo,
  RoomManifest,
  RoomStorage,
} from './manifest.ts';
export { orderRooms } from './order-rooms.ts';
export {
  choice,
  flag,
  form,
  type Mode,
  optionalFlag,
  port,
  type RoomSettings,
  type SettingNotes,
  type SettingSchema,
  text,
  textWithDefault,
  url,
  valuesOf,
  whole,
} from './settings.ts';
