import type { Ctx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { purge } from '../store/session-store.ts';

/** Removes sessions, one-time ids of token requests and refusal counts that have served their time. */
export async function purgeExpired(ctx: Ctx): Promise<void> {
  await withTransaction(ctx, purge);
}
