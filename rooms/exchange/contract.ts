export type { HendelseKode, Konto, MeldingStatus } from './types.ts';
