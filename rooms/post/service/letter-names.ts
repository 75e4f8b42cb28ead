import type { Ctx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import type { LetterName, LoginLevel } from '../contract.ts';
import { findTitles } from '../store/reader-store.ts';
import type { PostDeps } from './deps.ts';
import { isConcealed } from './inbox.ts';
import { NEUTRAL_TITLE } from './neutral-title.ts';

const MOST = 200;

/** Titles of those of the letters that the acting person may see, by id. */
export async function letterNames(
  ctx: Ctx,
  deps: PostDeps,
  ids: readonly string[],
  level: LoginLevel,
): Promise<ReadonlyMap<string, LetterName>> {
  if (ids.length === 0) return new Map();
  const rows = await withTransaction(ctx, (trx) => findTitles(trx, ids.slice(0, MOST)));
  const names = await Promise.all(
    rows.map(async (row): Promise<readonly [string, LetterName]> => {
      if (!isConcealed(row, level)) return [row.id, { tittel: row.tittel }];
      const { language } = await deps.tenant(row.tenantId);
      return [row.id, { tittel: NEUTRAL_TITLE[language] }];
    }),
  );
  return new Map(names);
}
