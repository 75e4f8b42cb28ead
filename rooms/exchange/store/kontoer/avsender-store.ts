import type { Trx } from '@grunnmur/kernel/db';
import { affected, rows } from '../sql.ts';

/** Nothing happens when the konto accepts the sender already, or has `limit` of them (then 0 is given). */
export function insertAvsender(
  trx: Trx,
  kontoId: string,
  avsenderKontoId: string,
  limit: number,
): Promise<number> {
  return affected(
    trx,
    'insert_avsender',
    `insert into exchange.akseptert_avsender (konto_id, avsender_konto_id, tenant_id, opprettet)
     select $1, $2, $3, $4
     where (select count(*) from exchange.akseptert_avsender where konto_id = $1) < $5
     on conflict (konto_id, avsender_konto_id) do update set opprettet = exchange.akseptert_avsender.opprettet`,
    [kontoId, avsenderKontoId, trx.ctx.tenant, trx.ctx.now(), limit],
  );
}

export function deleteAvsender(trx: Trx, kontoId: string, avsenderKontoId: string): Promise<number> {
  return affected(
    trx,
    'delete_avsender',
    'delete from exchange.akseptert_avsender where konto_id = $1 and avsender_konto_id = $2',
    [kontoId, avsenderKontoId],
  );
}

export async function listAvsendere(trx: Trx, kontoId: string): Promise<string[]> {
  const found = await rows<{ id: string }>(
    trx,
    'list_avsendere',
    `select avsender_konto_id as id from exchange.akseptert_avsender where konto_id = $1
     order by opprettet, avsender_konto_id`,
    [kontoId],
  );
  return found.map(({ id }) => id);
}
