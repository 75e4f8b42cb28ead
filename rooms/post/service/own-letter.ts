import type { Trx } from '@grunnmur/kernel/db';
import { PostError } from '../errors.ts';
import { type Forsendelse, findForsendelser } from '../store/forsendelse-store.ts';
import type { KontoRef } from '../types.ts';

/** The account's own letter; anything else does not exist for it. */
export async function ownLetter(trx: Trx, konto: KontoRef, id: string): Promise<Forsendelse> {
  const [letter] = await findForsendelser(trx, [id]);
  if (!letter || letter.kontoId !== konto.id) throw PostError.notFound();
  return letter;
}
