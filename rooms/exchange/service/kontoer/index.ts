export type { KontoDeps } from './change.ts';
export { createKontoAdmin, type KontoAdmin } from './create-konto-admin.ts';
export { createKontoer, type KontoerDeps, type KontoLookups } from './create-kontoer.ts';
export type { KontoFacts } from './konto-facts.ts';
export type { NewKonto } from './manage-kontoer.ts';
export type { CreatedSystem, NewOrganisasjon, NewSystem } from './manage-systems.ts';
