import pg from 'pg';
import type { Ctx } from '../ctx/index.ts';

// bigint columns (sizes, sequence numbers) stay far below 2^53 here; text would leak into arithmetic.
pg.types.setTypeParser(pg.types.builtins.INT8, (value) => Number(value));

/** The role every query of the program runs under. It owns nothing and row-level security applies to it. */
export const APP_ROLE = 'grunnmur_app';

export interface DatabaseOptions {
  readonly connectionString: string;
  /** Most connections of this process. Default 16. */
  readonly max?: number;
  readonly applicationName?: string;
  /** Statement time limit in ms; 0 for none. Default 60 000. */
  readonly statementTimeoutMs?: number;
}

export interface Database {
  readonly pool: pg.Pool;
  readonly close: () => Promise<void>;
}

/** One open transaction, with tenant and actor set for row-level security. */
export interface Trx {
  readonly ctx: Ctx;
  /** The connection. Statements go as `{ name, text, values }`: prepared once per connection (decision 0015). */
  readonly pg: pg.PoolClient;
  /** Runs after a successful commit, never after a rollback. Errors in it are logged, not thrown. */
  afterCommit(action: () => void): void;
}

/** Opens the pool under {@link APP_ROLE}. Connects lazily. */
export function openDatabase(options: DatabaseOptions): Database {
  const config = {
    connectionString: options.connectionString,
    // Statements here find rows by key. What PostgreSQL knows of a table lags behind a burst by a quarter of a minute, and
    // until then it would read a table of thousands of rows for each batch, believing that it has ten.
    max: options.max ?? 16,
    application_name: options.applicationName ?? 'grunnmur',
    options: `-c role=${APP_ROLE} -c jit=off -c enable_seqscan=off -c idle_in_transaction_session_timeout=120000 -c statement_timeout=${options.statementTimeoutMs ?? 60_000}`,
    connectionTimeoutMillis: 30_000,
    idleTimeoutMillis: 60_000,
    // Statements of one transaction that do not wait for each other's answers are sent together; see `together`.
    pipeline: true,
    // An `options` in the address, or a pooler in between, silently drops the role above: then row-level security
    // would not apply at all.
    verify: (client: pg.PoolClient, done: (error?: Error) => void) => {
      client
        .query('select current_user as role')
        .then(
          ({ rows }) =>
            done(
              rows[0].role === APP_ROLE
                ? undefined
                : new Error(`The database works as ${rows[0].role}, not ${APP_ROLE}`),
            ),
          done,
        );
    },
  };
  const pool = new pg.Pool(config);
  // A broken idle connection must not end the process; the next query gets a new one or a clear error.
  pool.on('error', () => {});
  // A connection may report its end more than once, also while it is being checked or given back; none of these reports
  // may end the process. Who uses it gets the error from its query.
  pool.on('connect', (client) => void client.on('error', () => {}));
  return { pool, close: () => pool.end() };
}

/**
 * Runs `work` in one transaction as `ctx` says. Tenant, actor and person are transaction-local settings that the
 * row-level security policies read; they are sent in the same round trip as `begin` and whatever `work` asks first.
 * Rolls back when `work` throws; resolves only after a durable commit.
 */
export async function withTransaction<T>(ctx: Ctx, work: (trx: Trx) => Promise<T>): Promise<T> {
  return inTransaction(ctx, 'begin', work);
}

/**
 * The same, but every statement of `work` sees the database as it was at the first one: for what is shown together and
 * must not contradict itself. Only for reading.
 */
export async function withSnapshot<T>(ctx: Ctx, work: (trx: Trx) => Promise<T>): Promise<T> {
  return inTransaction(ctx, 'begin isolation level repeatable read read only', work);
}

async function inTransaction<T>(ctx: Ctx, opening: string, work: (trx: Trx) => Promise<T>): Promise<T> {
  let broken: Error | undefined;
  const client = await ctx.db.pool.connect();
  // A connection that breaks between two statements says so by an event only; without a listener it ends the process.
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  const afterCommit: (() => void)[] = [];
  let result: T;
  try {
    const begun = begin(client, opening, ctx);
    result = await work({
      ctx,
      pg: client,
      afterCommit: (action) => void afterCommit.push(action),
    });
    await begun;
    const { command } = await client.query('commit');
    // After a swallowed SQL error PostgreSQL answers commit with a rollback, and no error.
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back by an earlier error in it');
  } catch (error) {
    await client.query('rollback').catch((rollbackError: Error) => {
      broken ??= rollbackError;
    });
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
  for (const action of afterCommit) {
    try {
      action();
    } catch (error) {
      ctx.log.error({ err: error }, 'after-commit action failed');
    }
  }
  return result;
}

/**
 * Sends `begin` without waiting for its answer: what follows in the same turn goes out in the same write. Should it
 * fail, the tenant is not set either, and row-level security lets nothing through.
 */
function begin(client: pg.PoolClient, opening: string, ctx: Ctx): Promise<unknown> {
  const { stream } = client.connection;
  stream.cork();
  process.nextTick(() => stream.uncork());
  const begun = client.query(`${opening}; ${settings(ctx)}`);
  begun.catch(() => {}); // awaited after the work, which fails with it
  return begun;
}

function settings(ctx: Ctx): string {
  const person = ctx.actor.kind === 'person' ? ctx.actor.id : '';
  const values: [string, string][] = [
    ['grunnmur.tenant', ctx.tenant ?? ''],
    ['grunnmur.actor', `${ctx.actor.kind}:${ctx.actor.id}`],
    ['grunnmur.person', person],
  ];
  const calls = values.map(([name, value]) => `set_config('${name}', ${pg.escapeLiteral(value)}, true)`);
  return `select ${calls.join(', ')}`;
}

/** The transaction has failed already, so this statement was not tried (PostgreSQL: in_failed_sql_transaction). */
const NOT_TRIED = '25P02';

/**
 * Waits for statements of one transaction that were sent without waiting for each other: one round trip for all of
 * them. They run in the order in which they were sent. Throws the first one's error that is a reason and not the
 * consequence of another's.
 */
export async function together<T extends readonly unknown[]>(
  statements: {
    [K in keyof T]: Promise<T[K]>;
  },
): Promise<T> {
  const settled = await Promise.allSettled(statements);
  const errors = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  if (errors.length > 0) throw errors.find((error) => error?.code !== NOT_TRIED) ?? errors[0];
  return settled.map((one) => (one as PromiseFulfilledResult<unknown>).value) as unknown as T;
}

/**
 * True when `error` proves that the transaction was rolled back: a living server answered with an SQL error. False for
 * a broken connection or a server that went down (classes 08 and 57), when the commit may have happened.
 */
export function isRolledBack(error: unknown): boolean {
  const { severity, code } = error as { severity?: unknown; code?: unknown };
  return typeof severity === 'string' && typeof code === 'string' && !/^(08|57)/.test(code);
}
