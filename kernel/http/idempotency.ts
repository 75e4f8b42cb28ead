import { type Trx, toJson } from '../db/index.ts';

export interface IdempotencyClaim {
  /** Who repeats: account or integration, so that two callers never share a key. */
  readonly scope: string;
  readonly key: string;
  /** SHA-256 of the request's meaning; the same key with another hash is a mistake of the caller. */
  readonly requestHash: Buffer;
  /** The answer to give to a repeat. */
  readonly response: unknown;
}

export interface EarlierAnswer {
  readonly requestHash: Buffer;
  readonly response: unknown;
}

/** How long a key is remembered. */
export const IDEMPOTENCY_HOURS = 24;

/**
 * Claims keys inside the caller's transaction. Returns, per claim, the earlier answer when the key was taken (the
 * caller must then not do the work), else undefined. Expired keys are claimed anew.
 */
export async function claimIdempotencyKeys(
  trx: Trx,
  claims: readonly IdempotencyClaim[],
): Promise<(EarlierAnswer | undefined)[]> {
  if (claims.length === 0) return [];
  const columns = [
    trx.ctx.tenant,
    claims.map((claim) => claim.scope),
    claims.map((claim) => claim.key),
    claims.map((claim) => claim.requestHash),
    claims.map((claim) => toJson(claim.response)),
    trx.ctx.now(),
  ];
  const inserted = await trx.pg.query({
    name: 'idempotency_claim',
    text: `insert into kernel.idempotency_key as k (tenant_id, scope, key, request_hash, response, created_at)
           select $1, scope, key, hash, response::jsonb, $6
           from unnest($2::text[], $3::text[], $4::bytea[], $5::text[]) as c (scope, key, hash, response)
           order by scope, key
           on conflict (tenant_id, scope, key) do update
             set request_hash = excluded.request_hash, response = excluded.response, created_at = excluded.created_at
             where k.created_at < excluded.created_at - interval '${IDEMPOTENCY_HOURS} hours'
           returning scope, key`,
    values: columns,
  });
  const claimed = new Set(
    inserted.rows.map((row: { scope: string; key: string }) => `${row.scope}\n${row.key}`),
  );
  if (claimed.size === claims.length) return claims.map(() => undefined);
  const known = await trx.pg.query({
    name: 'idempotency_find',
    text: `select scope, key, request_hash, response from kernel.idempotency_key
           where tenant_id = $1 and (scope, key) in (select * from unnest($2::text[], $3::text[]))`,
    values: columns.slice(0, 3),
  });
  const answers = new Map(
    known.rows.map((row: { scope: string; key: string; request_hash: Buffer; response: unknown }) => [
      `${row.scope}\n${row.key}`,
      { requestHash: row.request_hash, response: row.response },
    ]),
  );
  return claims.map(({ scope, key }) =>
    claimed.has(`${scope}\n${key}`) ? undefined : answers.get(`${scope}\n${key}`),
  );
}

/** Forgets keys past their time, over all tenants; run by a schedule. */
export async function purgeIdempotencyKeys(trx: Trx): Promise<void> {
  const before = new Date(trx.ctx.now().getTime() - IDEMPOTENCY_HOURS * 3_600_000);
  await trx.pg.query('select kernel.purge_idempotency_keys($1)', [before]);
}
