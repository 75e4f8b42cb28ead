import type { Documents } from '@grunnmur/exchange';
import { newId } from '@grunnmur/kernel/ids';
import { objectKey } from '@grunnmur/kernel/storage';
import { insertNyttelast } from '../store/dokument-store.ts';
import { findKnown } from '../store/forfall-store.ts';
import type { Dokumentlager } from './create-dokumentlager.ts';
import type { DokumentlagerDeps } from './deps.ts';

/**
 * Payloads over the threshold (fiks-io §2.6 "Download by Fiks IO clients"): kept as they were sent, the platform cannot
 * read them, and open to the integration of the receiving konto only.
 */
export function createDocuments(
  deps: Pick<DokumentlagerDeps, 'storage'>,
  dokumentlager: Pick<Dokumentlager, 'open'>,
): Documents {
  return {
    store: async (ctx, { source, maxBytes, mottaker, signal = ctx.signal }) => {
      const id = newId();
      const key = objectKey(mottaker.tenant, id);
      const stored = await deps.storage.put(key, source, { maxBytes, ...(signal ? { signal } : {}) });
      return {
        dokumentId: id,
        storrelse: stored.size,
        commit: (trx, tilgjengeligTil) =>
          insertNyttelast(trx, {
            id,
            kontoId: mottaker.id,
            storrelse: stored.size,
            sha256: Buffer.from(stored.sha256, 'hex'),
            tilgjengeligTil,
          }),
      };
    },
    open: (ctx, integrasjonId, id) => dokumentlager.open(ctx, { kind: 'integrasjon', integrasjonId }, id),
    findKnown,
  };
}
