/** What others check messages with: the command line, and whoever embeds the room. No HTTP, no database. */
export {
  findMeldingstype,
  findProtokoll,
  type KjentMeldingstype,
  type Meldingstype,
  PROTOKOLLER,
  type ProtokollDefinisjon,
} from './catalogue.ts';
export type { Funn, Rapport, ValidatorRapport } from './definitions/validator-rapport.ts';
export { type LastedeSkjemaer, loadSchemas } from './load-schemas.ts';
export {
  type EgneSkjemaer,
  type Fil,
  type Melding,
  type MeldingMetadata,
  mustBeRead,
  validateMessage,
} from './validate-message.ts';
export { PAKKE_GRENSER, type Pakke, validatePackage } from './validate-package.ts';
