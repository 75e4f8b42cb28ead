import type { Trx } from '@grunnmur/kernel/db';

/** Runs one named (prepared) statement and gives its rows. */
export async function rows<Row>(
  trx: Trx,
  name: string,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const result = await trx.pg.query({ name: `exchange_${name}`, text, values: [...values] });
  return result.rows as Row[];
}

/** Runs one named statement and gives the number of rows it touched. */
export async function affected(
  trx: Trx,
  name: string,
  text: string,
  values: readonly unknown[],
): Promise<number> {
  const result = await trx.pg.query({ name: `exchange_${name}`, text, values: [...values] });
  return result.rowCount ?? 0;
}

/** True for a broken unique rule. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505';
}
