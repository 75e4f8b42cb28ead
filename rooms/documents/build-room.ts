import { ACCESS } from '@grunnmur/access';
import { EXCHANGE_PARTS } from '@grunnmur/exchange';
import type { Room, RoomHost } from '@grunnmur/kernel/room';
import { isValidOrgnr, PERSON_NUMBER_TEXT, personNumberFault, personNumberRules } from '@grunnmur/registers';
import { deleteKorrelasjonJob, dokumentRetentionSchedule, removeDokumenterJob } from './jobs/removal.ts';
import { registerDokumentlager } from './routes/register-dokumentlager.ts';
import { createDocuments } from './service/create-documents.ts';
import { createDokumentlager } from './service/create-dokumentlager.ts';
import { DEFAULT_DOKUMENTLAGER_LIMITS, type DokumentlagerDeps } from './service/deps.ts';

/** Dokumentlager's face, its jobs, and the place for large payloads that it gives to `exchange`. */
export async function buildRoom(host: RoomHost): Promise<Room> {
  const synthetic = host.mode === 'demonstration';
  const exchange = host.use(EXCHANGE_PARTS);
  const deps: DokumentlagerDeps = {
    storage: host.storage,
    kontoer: exchange.accounts,
    decryptionKeys: [host.platformKeys],
    limits: DEFAULT_DOKUMENTLAGER_LIMITS,
    fnrFault: (value) => {
      const fault = personNumberFault(value, personNumberRules(synthetic));
      return fault && PERSON_NUMBER_TEXT[fault];
    },
    isValidOrgnr: (value) => isValidOrgnr(value, { synthetic }),
  };
  const dokumentlager = createDokumentlager(deps);
  exchange.useDocuments(createDocuments(deps, dokumentlager));
  return {
    name: 'documents',
    routes: (app) =>
      registerDokumentlager(app, {
        dokumentlager,
        access: host.use(ACCESS),
        baseCtx: host.requestCtx,
        limits: deps.limits,
        platformCertificatePem: host.platformKeys.certificatePem,
        publicUrl: host.publicUrl,
        persons: host.persons,
      }),
    jobs: [removeDokumenterJob(deps), deleteKorrelasjonJob()],
    schedules: [dokumentRetentionSchedule()],
  };
}
