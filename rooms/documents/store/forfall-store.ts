import type { Trx } from '@grunnmur/kernel/db';

/** Documents of all tenants whose bytes are to go: ids only. */
export async function findForfalte(trx: Trx, limit: number): Promise<{ tenant_id: string; id: string }[]> {
  const { rows } = await trx.pg.query({
    name: 'documents_forfalte_dokumenter',
    text: 'select tenant_id, id from documents.forfalte_dokumenter($1, $2)',
    values: [trx.ctx.now(), limit],
  });
  return rows as { tenant_id: string; id: string }[];
}

/**
 * Gives up the bytes of those documents that are deleted or past their time; gives those. The time may have been moved
 * since the job was made.
 */
export async function giveUpObjects(trx: Trx, ids: readonly string[]): Promise<string[]> {
  const { rows } = await trx.pg.query({
    name: 'documents_fjern_dokumenter',
    text: `update documents.dokument set fjernet = $2
           where id = any($1::uuid[]) and fjernet is null and (slettet is not null or tilgjengelig_til <= $2)
           returning id`,
    values: [ids, trx.ctx.now()],
  });
  return rows.map((row: { id: string }) => row.id);
}

/** Those of the documents whose bytes are still to be kept, over all tenants. */
export async function findKnown(trx: Trx, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await trx.pg.query({
    name: 'documents_kjente_dokumenter',
    text: 'select id from documents.kjente_dokumenter($1::uuid[]) as id',
    values: [ids],
  });
  return new Set(rows.map((row: { id: string }) => row.id));
}
