import { type Trx, toJson } from '@grunnmur/kernel/db';

const MAX_NAME = 1000;

/** Writes that the actor was refused these letters, at most 100 of them. The transaction is for no tenant. */
export async function insertRefusals(
  trx: Trx,
  operation: string,
  ids: readonly string[],
  detail: unknown,
): Promise<void> {
  const { actor, requestId } = trx.ctx;
  await trx.pg.query({
    name: 'post_spor_avvist',
    text: 'select post.spor_avvist($1, $2, $3, $4, $5)',
    values: [
      ids,
      operation,
      actor.name?.slice(0, MAX_NAME) ?? null,
      requestId.slice(0, MAX_NAME),
      detail === null ? null : toJson(detail),
    ],
  });
}
