import type { JobDefinition, Schedule } from '@grunnmur/kernel/jobs';
import { MINUTE_MS } from '@grunnmur/kernel/time';
import type { DokumentlagerDeps } from '../service/deps.ts';
import {
  DELETE_KORRELASJON,
  deleteByKorrelasjon,
  enqueueForfalte,
  type KorrelasjonPayload,
  REMOVE_OBJECTS,
  type RemovalPayload,
  removeObjects,
} from '../service/removal.ts';

/** Puts the removal of documents that are past their time to work (fiks-io §2.6; §3.5: message TTL + 24 h). */
export function dokumentRetentionSchedule(): Schedule {
  return { name: 'exchange.dokument_retention', everyMs: 5 * MINUTE_MS, run: enqueueForfalte };
}

/** Removes the bytes of deleted and expired documents. */
export function removeDokumenterJob(deps: Pick<DokumentlagerDeps, 'storage'>): JobDefinition<RemovalPayload> {
  return {
    queue: REMOVE_OBJECTS,
    batch: 100,
    recordSuccess: false,
    handle: async (ctx, jobs) => {
      await removeObjects(
        ctx,
        deps,
        jobs.map((job) => job.payload.id),
      );
      return undefined;
    },
  };
}

/** Deletes the documents that a korrelasjonsid names. */
export function deleteKorrelasjonJob(): JobDefinition<KorrelasjonPayload> {
  return {
    queue: DELETE_KORRELASJON,
    handle: async (ctx, [job]) => {
      await deleteByKorrelasjon(ctx, job!.payload);
      return undefined;
    },
  };
}
