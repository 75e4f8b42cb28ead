import type { Trx } from '@grunnmur/kernel/db';

/** Which of the objects belong to a message that is on a queue. */
export async function kjenteObjekter(trx: Trx, objekter: readonly string[]): Promise<Set<string>> {
  const { rows } = await trx.pg.query<{ objekt: string }>({
    name: 'exchange_kjente_objekter',
    text: 'select objekt from exchange.kjente_objekter($1) as objekt',
    values: [objekter],
  });
  return new Set(rows.map((row) => row.objekt));
}

/** Removes at most `antall` ended messages with an id before `grense`; answers how many. */
export async function ryddMeldinger(trx: Trx, grense: string, antall: number): Promise<number> {
  const { rows } = await trx.pg.query<{ antall: number }>({
    name: 'exchange_rydd_meldinger',
    text: 'select exchange.rydd_meldinger($1, $2) as antall',
    values: [grense, antall],
  });
  return rows[0]!.antall;
}
