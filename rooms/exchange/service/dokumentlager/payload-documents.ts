import type { Ctx } from '@grunnmur/kernel/ctx';
import { newId } from '@grunnmur/kernel/ids';
import { objectKey } from '@grunnmur/kernel/storage';
import { ExchangeError } from '../../errors.ts';
import { insertNyttelast } from '../../store/dokumentlager/dokument-store.ts';
import type { NewPayloadDocument, PayloadDocuments } from '../ports.ts';
import type { DokumentlagerDeps } from './deps.ts';

/**
 * Payloads over the threshold (fiks-io §2.6 "Download by Fiks IO clients"): kept as they were sent, the platform cannot
 * read them, and open to the integration of the receiving konto only.
 */
export function createPayloadDocuments(deps: Pick<DokumentlagerDeps, 'storage'>): PayloadDocuments {
  return {
    store: async (ctx: Ctx, { source, maxBytes, mottaker, signal = ctx.signal }: NewPayloadDocument) => {
      const id = newId();
      const key = objectKey(mottaker.tenant, id);
      const stored = await deps.storage.put(key, source, { maxBytes, ...(signal ? { signal } : {}) });
      return {
        dokumentId: id,
        storrelse: stored.size,
        commit: async (trx, tilgjengeligTil) => {
          const written = await insertNyttelast(trx, {
            id,
            kontoId: mottaker.id,
            storrelse: stored.size,
            sha256: Buffer.from(stored.sha256, 'hex'),
            tilgjengeligTil,
          });
          if (!written) throw ExchangeError.mottakerNotFound();
        },
      };
    },
  };
}
