export type { KontoDeps } from './change.ts';
export { createKontoAdmin, type KontoAdmin } from './create-konto-admin.ts';
export { createKontoer } from './create-kontoer.ts';
