import type { Database } from '@grunnmur/kernel/db';
import { newId } from '@grunnmur/kernel/ids';
import {
  angreHenting,
  type HentetMelding,
  type HentOnske,
  hentFraKo,
} from '../../store/meldinger/ko-store.ts';

export interface Claim {
  readonly token: string;
  readonly rows: readonly HentetMelding[];
}

/**
 * Claims messages from queues. When a connection breaks nobody knows whether the claim was committed, and its messages would
 * stay with this node for as long as it lives: so it is taken back before the next one.
 */
export function createClaimer(db: Database, node: string): (wishes: readonly HentOnske[]) => Promise<Claim> {
  const lost = new Map<string, readonly string[]>();

  return async (wishes) => {
    for (const [token, kontoer] of lost) {
      await angreHenting(db, token, kontoer);
      lost.delete(token);
    }
    const token = newId();
    try {
      return { token, rows: await hentFraKo(db, node, token, wishes) };
    } catch (error) {
      lost.set(
        token,
        wishes.map((wish) => wish.kontoId),
      );
      throw error;
    }
  };
}
