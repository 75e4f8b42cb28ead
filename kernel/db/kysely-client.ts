import { createHash } from 'node:crypto';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import type { PoolClient } from 'pg';

const builders = new WeakMap<PoolClient, Kysely<unknown>>();
const statementNames = new Map<string, string>();
/** Texts beyond this number run unprepared, so that a query with ever-changing text cannot fill the server's memory. */
const MAX_PREPARED = 400;

/**
 * A Kysely that sends everything over one already open connection, inside the caller's transaction. Every statement
 * is prepared under a name derived from its text: lists go in as one array parameter (`= any($1)`), so the number
 * of texts is bounded.
 */
export function kyselyFor<DB>(client: PoolClient): Kysely<DB> {
  let builder = builders.get(client);
  if (!builder) {
    builder = new Kysely<unknown>({
      dialect: {
        createAdapter: () => new PostgresAdapter(),
        createDriver: () => singleConnectionDriver(client),
        createIntrospector: (db) => new PostgresIntrospector(db),
        createQueryCompiler: () => new PostgresQueryCompiler(),
      },
    });
    builders.set(client, builder);
  }
  return builder as Kysely<DB>;
}

function singleConnectionDriver(client: PoolClient): Driver {
  const connection: DatabaseConnection = {
    executeQuery: async <R>(query: CompiledQuery): Promise<QueryResult<R>> => {
      const name = statementName(query.sql);
      const result = await client.query({
        ...(name ? { name } : {}),
        text: query.sql,
        values: query.parameters as unknown[],
      });
      return { rows: result.rows as R[], numAffectedRows: BigInt(result.rowCount ?? 0) };
    },
    // biome-ignore lint/correctness/useYield: streaming is not offered on a transaction's connection
    streamQuery: async function* () {
      throw new Error('streaming is not supported inside a transaction');
    },
  };
  const unsupported = async () => {
    throw new Error('use withTransaction');
  };
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    beginTransaction: unsupported,
    commitTransaction: unsupported,
    rollbackTransaction: unsupported,
    releaseConnection: async () => {},
    destroy: async () => {},
  };
}

function statementName(text: string): string | undefined {
  let name = statementNames.get(text);
  if (!name && statementNames.size < MAX_PREPARED) {
    name = `k_${createHash('sha1').update(text).digest('hex').slice(0, 24)}`;
    statementNames.set(text, name);
  }
  return name;
}
