import pg from 'pg';
import { APP_ROLE } from './database.ts';

/** Something about the database's logins that is not as it must be, and the way out. */
export interface LoginFault {
  /** Never acceptable in production: such a login is not held by row-level security at all. */
  readonly grave: boolean;
  readonly what: string;
  readonly remedy: string;
}

/** Roles of PostgreSQL that reach the machine's files and programs, or all data. */
const PREDEFINED = [
  'pg_execute_server_program',
  'pg_write_server_files',
  'pg_read_server_files',
  'pg_read_all_data',
  'pg_write_all_data',
];

/**
 * Looks at what the login of `connectionString` could become beside the application's role. A program that can leave its role
 * is held by no policy: one hole in it would be a hole in everything.
 */
export async function findLoginFaults(connectionString: string): Promise<LoginFault[]> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<Login>(LOGIN, [APP_ROLE, PREDEFINED]);
    return describe(rows[0]!);
  } finally {
    await client.end();
  }
}

interface Login {
  readonly login: string;
  readonly database: string;
  readonly app: boolean;
  readonly powers: readonly string[];
  readonly owns: boolean;
  readonly temporary: boolean;
}

const LOGIN = `select session_user as login, current_database() as database,
  coalesce((select pg_has_role(session_user, r.oid, 'member') from pg_roles r where r.rolname = $1), true) as app,
  -- A superuser is a member of everything: its own name for it says enough.
  case when (select r.rolsuper from pg_roles r where r.rolname = session_user) then array['superuser']
    else array(select distinct case when r.rolsuper then 'superuser' when r.rolbypassrls then 'bypassrls' else r.rolname::text end
        from pg_roles r where (r.rolsuper or r.rolbypassrls or r.rolname = any ($2)) and pg_has_role(session_user, r.oid, 'member')
        order by 1) end as powers,
  exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where n.nspname = 'kernel' and c.relname = 'migration' and pg_has_role(session_user, c.relowner, 'member')) as owns,
  coalesce((select has_database_privilege(r.oid, current_database(), 'TEMPORARY') from pg_roles r where r.rolname = $1), false)
    as temporary`;

function describe({ login, database, app, powers, owns, temporary }: Login): LoginFault[] {
  const faults: LoginFault[] = [];
  if (powers.length > 0)
    faults.push({
      grave: true,
      what: `the login ${login} is more than an ordinary user (${powers.join(', ')}): row-level security does not hold it`,
      remedy: `Let the server log in as an ordinary user: create role … login password '…'; grant ${APP_ROLE} to … (docs/deployment.md §2)`,
    });
  else if (owns)
    faults.push({
      grave: false,
      what: `the login ${login} owns the tables: row-level security does not hold an owner that leaves its role`,
      remedy:
        'Let DATABASE_URL name a login of its own, and DATABASE_MIGRATION_URL the owner (docs/deployment.md §2)',
    });
  if (!app)
    faults.push({
      grave: true,
      what: `the login ${login} may not act as ${APP_ROLE}`,
      remedy: `As superuser: grant ${APP_ROLE} to ${login}`,
    });
  if (temporary)
    faults.push({
      grave: false,
      what: `${APP_ROLE} may make temporary objects in ${database}`,
      remedy: `As owner of the database: revoke temporary on database ${database} from public`,
    });
  return faults;
}
