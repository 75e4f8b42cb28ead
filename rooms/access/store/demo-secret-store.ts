import type { Trx } from '@grunnmur/kernel/db';
import { affected, rows } from './sql.ts';

export async function findDemoSecret(trx: Trx, label: string): Promise<Buffer | null> {
  const found = await rows<{ wrapped: Buffer }>(
    trx,
    'demo_secret',
    'select wrapped from access.demo_secret where tenant_id = $1 and label = $2',
    [trx.ctx.tenant, label],
  );
  return found[0]?.wrapped ?? null;
}

/** Replaces what was there. */
export async function putDemoSecret(trx: Trx, label: string, wrapped: Buffer): Promise<void> {
  await affected(
    trx,
    'put_demo_secret',
    `insert into access.demo_secret (tenant_id, label, wrapped) values ($1, $2, $3)
     on conflict (tenant_id, label) do update set wrapped = excluded.wrapped`,
    [trx.ctx.tenant, label, wrapped],
  );
}
