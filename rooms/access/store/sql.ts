import type { Trx } from '@grunnmur/kernel/db';

/** Runs one named (prepared) statement and gives its rows. */
export async function rows<Row>(trx: Trx, name: string, text: string, values: unknown[]): Promise<Row[]> {
  const result = await trx.pg.query({ name: `access_${name}`, text, values });
  return result.rows as Row[];
}

/** Runs one named statement and gives the number of rows it touched. */
export async function affected(trx: Trx, name: string, text: string, values: unknown[]): Promise<number> {
  const result = await trx.pg.query({ name: `access_${name}`, text, values });
  return result.rowCount ?? 0;
}

/** SQLSTATE of a database error, e.g. 23505 for a broken unique rule. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

export const UNIQUE_VIOLATION = '23505';
export const FOREIGN_KEY_VIOLATION = '23503';
