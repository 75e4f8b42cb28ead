import type { Trx } from '@grunnmur/kernel/db';
import type { Forsendelse } from '../store/forsendelse-store.ts';
import { insertApning } from '../store/reader-store.ts';
import { markRead } from './mark-read.ts';

/**
 * The acting person has been handed all of the letter, whatever its status. Noted once for each reader. It counts as
 * opened when she is the recipient: others whom the sender let in (eksponertFor) may read without that.
 */
export async function recordOpened(trx: Trx, letter: Forsendelse): Promise<void> {
  const { actor, now } = trx.ctx;
  const isNew = await insertApning(trx, letter.id, actor.id, 'portal', now());
  if (isNew && actor.id === letter.mottakerId && letter.lest === null)
    await markRead(trx, letter.id, 'lest', now());
}
