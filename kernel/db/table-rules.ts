import type pg from 'pg';
import { APP_ROLE } from './database.ts';

/**
 * Directives in migration files, one per line:
 *
 *     -- rls: off <table>: <reason>          the table has no tenant, or is read before the tenant is known
 *     -- grant: select, insert on <table>    the application role gets these rights only (default: all four); one may be
 *                                            limited to columns: update (withdrawn_at)
 *     -- internal: <function>: <reason>      the application role may not call it (default: it may)
 */
export interface TableRules {
  readonly rlsOff: ReadonlySet<string>;
  readonly grants: ReadonlyMap<string, string>;
  readonly internal: ReadonlySet<string>;
}

/** What every right of the application role on a table is, unless a migration limits them. */
const ALL_RIGHTS = 'select, insert, update, delete';

export function readTableRules(text: string): TableRules {
  const rlsOff = new Set<string>();
  const grants = new Map<string, string>();
  for (const match of text.matchAll(/^-- rls: off (\w+): \S.*$/gm)) rlsOff.add(match[1]!);
  for (const match of text.matchAll(/^-- grant: ([a-z_, ()]+) on (\w+)/gm)) grants.set(match[2]!, match[1]!);
  const internal = new Set([...text.matchAll(/^-- internal: (\w+): \S.*$/gm)].map((match) => match[1]!));
  return { rlsOff, grants, internal };
}

interface TableRow {
  readonly name: string;
  readonly has_tenant: boolean;
}

/**
 * Gives every table of `schema` its isolation policy and the application role its rights. A table without
 * `tenant_id` and without an opt-out is an error: forgetting must not be possible.
 */
export async function applyTableRules(
  client: pg.Client,
  schema: string,
  rules: readonly TableRules[],
): Promise<void> {
  const rlsOff = new Set(rules.flatMap((rule) => [...rule.rlsOff]));
  const grants = new Map(rules.flatMap((rule) => [...rule.grants]));
  const tables = await listTables(client, schema);
  await client.query(`grant usage on schema "${schema}" to ${APP_ROLE}`);
  await client.query(`grant usage on all sequences in schema "${schema}" to ${APP_ROLE}`);
  for (const table of tables) {
    const target = `"${schema}"."${table.name}"`;
    const rights = grants.get(table.name) ?? ALL_RIGHTS;
    if (schema === 'kernel' && table.name === 'migration') continue;
    await client.query(`revoke all on ${target} from ${APP_ROLE}`);
    await client.query(`grant ${rights} on ${target} to ${APP_ROLE}`);
    if (rlsOff.has(table.name)) continue;
    if (!table.has_tenant)
      throw new Error(`Table ${schema}.${table.name} has no tenant_id and no "-- rls: off" line`);
    await client.query(`alter table ${target} enable row level security`);
    await client.query(`drop policy if exists tenant_isolation on ${target}`);
    await client.query(`create policy tenant_isolation on ${target} using (tenant_id = (select kernel.current_tenant()))
      with check (tenant_id = (select kernel.current_tenant()))`);
  }
}

/** Where functions with the owner's rights look for what they name: never first among what their caller can make. */
const DEFINER_PATH = 'pg_catalog, pg_temp';

/**
 * Gives the application role the functions that are not internal, and nobody else any. A function that runs with the owner's
 * rights and does not fix where it looks for names is an error: its caller could put something of that name first.
 */
export async function applyFunctionRules(
  client: pg.Client,
  schema: string,
  rules: readonly TableRules[],
): Promise<void> {
  const internal = new Set(rules.flatMap((rule) => [...rule.internal]));
  const { rows } = await client.query<FunctionRow>(
    `select p.oid::regprocedure::text as signature, p.proname as name, p.prosecdef as definer, p.proconfig as config
     from pg_proc p where p.pronamespace = $1::regnamespace order by 1`,
    [schema],
  );
  await client.query(`revoke execute on all functions in schema "${schema}" from public, ${APP_ROLE}`);
  for (const { signature, name, definer, config } of rows) {
    if (definer && !(config ?? []).includes(`search_path=${DEFINER_PATH}`))
      throw new Error(
        `Function ${signature} runs with the owner's rights without "set search_path = ${DEFINER_PATH}"`,
      );
    if (!internal.has(name)) await client.query(`grant execute on function ${signature} to ${APP_ROLE}`);
  }
}

interface FunctionRow {
  readonly signature: string;
  readonly name: string;
  readonly definer: boolean;
  readonly config: readonly string[] | null;
}

async function listTables(client: pg.Client, schema: string): Promise<TableRow[]> {
  const { rows } = await client.query(
    `select c.relname as name, exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped) as has_tenant
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relkind in ('r', 'p') order by c.relname`,
    [schema],
  );
  return rows as TableRow[];
}
