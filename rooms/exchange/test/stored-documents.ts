import { newId } from '@grunnmur/kernel/ids';
import { type ObjectStore, objectKey } from '@grunnmur/kernel/storage';
import type { Documents } from '../contract.ts';

/**
 * Dokumentlager as far as messages need it, on the real store and the real table: the room itself stands on this one, so
 * that its tests cannot be asked for it here.
 */
export function storedDocuments(storage: ObjectStore): Pick<Documents, 'store' | 'open'> {
  return {
    store: async (_ctx, { source, maxBytes, mottaker, signal }) => {
      const id = newId();
      const key = objectKey(mottaker.tenant, id);
      const { size, sha256 } = await storage.put(key, source, { maxBytes, ...(signal ? { signal } : {}) });
      return {
        dokumentId: id,
        storrelse: size,
        commit: async (trx, til) => {
          const { rows } = await trx.pg.query<{ tenant: string | null }>(
            `select documents.registrer_nyttelast($1, $2, $3, decode($4, 'hex'), $5, $6, 'system:test') as tenant`,
            [id, mottaker.id, size, sha256, til, trx.ctx.now()],
          );
          return rows[0]!.tenant !== null;
        },
      };
    },
    open: async (ctx, _integrasjonId, id) => {
      const { rows } = await ctx.db.pool.query<{ tenant_id: string; ukryptert_storrelse: number }>(
        'select tenant_id, ukryptert_storrelse from documents.dokument_for_nedlasting($1)',
        [id],
      );
      const { tenant_id: tenant, ukryptert_storrelse: storrelse } = rows[0]!;
      return { storrelse, open: () => storage.get(objectKey(tenant, id)) };
    },
  };
}
