import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { APP_ROLE } from './database.ts';

/** Owns the tables of an embedded database; runs migrations. */
export const OWNER_ROLE = 'grunnmur_owner';
/** Works as {@link APP_ROLE} and can be nothing else. */
export const SERVER_ROLE = 'grunnmur_server';

export interface EmbeddedLogins {
  /** Connection string of the owner of the tables: for migrations only. */
  readonly ownerUrl: string;
  /** Connection string of the running program. Neither this login nor the owner is a superuser. */
  readonly serverUrl: string;
}

/**
 * Makes the two logins of an embedded database, as a production database has them, and gives everything in it to the owner:
 * a program that logs in as superuser can leave its role (`set role none`), and with it the database, for a shell. Data of
 * earlier versions, where the superuser owned the tables, is taken over. Passwords are new at every start and stay in memory.
 */
export async function prepareLogins(superuserUrl: string): Promise<EmbeddedLogins> {
  const passwords = { owner: newPassword(), server: newPassword() };
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    await client.query('begin');
    for (const role of [APP_ROLE, OWNER_ROLE, SERVER_ROLE])
      await client.query(`do $$ begin
        if not exists (select from pg_roles where rolname = '${role}') then create role ${role}; end if;
      end $$`);
    await client.query(`alter role ${APP_ROLE} nologin`);
    await client.query(`alter role ${OWNER_ROLE} login password '${passwords.owner}'`);
    await client.query(`alter role ${SERVER_ROLE} login password '${passwords.server}'`);
    await client.query(`grant ${APP_ROLE} to ${OWNER_ROLE}, ${SERVER_ROLE}`);
    await client.query(GIVE_ALL);
    await client.query('commit');
  } finally {
    await client.end();
  }
  return {
    ownerUrl: withLogin(superuserUrl, OWNER_ROLE, passwords.owner),
    serverUrl: withLogin(superuserUrl, SERVER_ROLE, passwords.server),
  };
}

/** Sequences of columns and indexes follow their tables, and array and row types their types and tables. */
const GIVE_ALL = `do $$
declare
  v_statement text;
begin
  execute format('alter database %I owner to ${OWNER_ROLE}', current_database());
  for v_statement in
    select format('alter schema %I owner to ${OWNER_ROLE}', n.nspname) from pg_namespace n
      where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'public')
        and n.nspowner <> '${OWNER_ROLE}'::regrole
    union all
    select format('alter %s %s owner to ${OWNER_ROLE}',
        case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' else 'table' end,
        c.oid::regclass)
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relkind in ('r', 'p', 'v', 'm', 'S')
        and c.relowner <> '${OWNER_ROLE}'::regrole
        and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass
          and c.relkind = 'S' and d.deptype in ('a', 'i'))
    union all
    select format('alter routine %s owner to ${OWNER_ROLE}', p.oid::regprocedure)
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and p.proowner <> '${OWNER_ROLE}'::regrole
    union all
    select format('alter type %s owner to ${OWNER_ROLE}', t.oid::regtype)
      from pg_type t join pg_namespace n on n.oid = t.typnamespace
      where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and t.typtype in ('d', 'e', 'r')
        and t.typowner <> '${OWNER_ROLE}'::regrole
  loop
    execute v_statement;
  end loop;
end $$`;

function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

function withLogin(url: string, username: string, password: string): string {
  const changed = new URL(url);
  changed.username = username;
  changed.password = password;
  return changed.href;
}
