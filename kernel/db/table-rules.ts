import type pg from 'pg';
import { APP_ROLE } from './database.ts';

/**
 * Directives in migration files, one per line:
 *
 *     -- rls: off <table>: <reason>          the table has no tenant, or is read before the tenant is known
 *     -- grant: select, insert on <table>    the application role gets these rights only (default: all four)
 */
export interface TableRules {
  readonly rlsOff: ReadonlySet<string>;
  readonly grants: ReadonlyMap<string, string>;
}

export function readTableRules(text: string): TableRules {
  const rlsOff = new Set<string>();
  const grants = new Map<string, string>();
  for (const match of text.matchAll(/^-- rls: off (\w+): \S.*$/gm)) rlsOff.add(match[1]!);
  for (const match of text.matchAll(/^-- grant: ([a-z, ]+) on (\w+)/gm)) grants.set(match[2]!, match[1]!);
  return { rlsOff, grants };
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
  await client.query(`grant execute on all functions in schema "${schema}" to ${APP_ROLE}`);
  for (const table of tables) {
    const target = `"${schema}"."${table.name}"`;
    const rights = grants.get(table.name) ?? 'select, insert, update, delete';
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

async function listTables(client: pg.Client, schema: string): Promise<TableRow[]> {
  const { rows } = await client.query(
    `select c.relname as name, exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped) as has_tenant
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relkind in ('r', 'p') order by c.relname`,
    [schema],
  );
  return rows as TableRow[];
}
