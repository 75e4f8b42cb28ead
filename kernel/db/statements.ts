import type { Trx } from './database.ts';

/** Whatever has a connection: a transaction, or the pool for one statement that needs none around it. */
export interface Queryable {
  readonly pg: Pick<Trx['pg'], 'query'>;
}

export interface Statements {
  /** Runs one named statement and gives its rows. */
  rows<Row>(on: Queryable, name: string, text: string, values: readonly unknown[]): Promise<Row[]>;
  /** Runs one named statement and gives the number of rows it touched. */
  affected(on: Queryable, name: string, text: string, values: readonly unknown[]): Promise<number>;
}

/**
 * How the stores of a room ask the database: each statement has a name within the room, under which a connection prepares it
 * once (decision 0015). One name is one text.
 */
export function statementsOf(room: string): Statements {
  const run = (on: Queryable, name: string, text: string, values: readonly unknown[]) =>
    on.pg.query({ name: `${room}_${name}`, text, values: [...values] });
  return {
    rows: async <Row>(...statement: Parameters<typeof run>) => (await run(...statement)).rows as Row[],
    affected: async (...statement) => (await run(...statement)).rowCount ?? 0,
  };
}

/** True for a broken unique rule (SQLSTATE 23505). */
export function isUniqueViolation(error: unknown): boolean {
  return sqlState(error) === '23505';
}

/** True when what a row names is not there, or is still named (SQLSTATE 23503). */
export function isForeignKeyViolation(error: unknown): boolean {
  return sqlState(error) === '23503';
}

function sqlState(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
