import type { Documents, ExchangeParts } from '../contract.ts';

/**
 * The place for large payloads, before it is known: the room that keeps documents is built after this one, and stands on its
 * accounts. Whoever asks earlier has put the rooms together wrongly.
 */
export function createDocumentsSocket(): {
  readonly documents: Documents;
  readonly useDocuments: ExchangeParts['useDocuments'];
} {
  let given: Documents | undefined;
  const found = (): Documents => {
    if (!given) throw new Error('no room keeps documents');
    return given;
  };
  return {
    documents: {
      store: (ctx, document) => found().store(ctx, document),
      open: (ctx, integrasjonId, id) => found().open(ctx, integrasjonId, id),
      findKnown: (trx, ids) => found().findKnown(trx, ids),
    },
    useDocuments: (documents) => {
      if (given) throw new Error('two rooms keep documents');
      given = documents;
    },
  };
}
