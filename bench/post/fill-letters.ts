import pg from 'pg';

/** Letters of the past are spread over this time, shorter than the three months after which documents are deleted. */
const DAYS = 85;
const CHUNK = 25_000;
const CONNECTIONS = 2;

/** How the copies of one table's rows differ from their pattern; columns that are not named are copied. */
interface CopyRule {
  readonly table: string;
  /** Which letter a row of the table belongs to. */
  readonly letter: string;
  /** SQL for columns: `t` is the pattern's row, `m` the copy (see {@link fillLetters}). */
  readonly columns: Readonly<Record<string, string>>;
  readonly where?: string;
}

const OLD = `m.shift < interval '-2 days'`;

const RULES: readonly CopyRule[] = [
  {
    table: 'post.forsendelse',
    letter: 'id',
    columns: {
      id: 'm.copy',
      // Letters that were sent days ago have been read: nothing is left to do with them.
      status: `case when ${OLD} then 'LEST' else t.status end`,
      lest: `case when ${OLD} then t.status_endret + m.shift + interval '5 hours' end`,
      print_frist: `case when ${OLD} then null else t.print_frist + m.shift end`,
      ekstern_referanse: `t.ekstern_referanse || '-' || m.n`,
    },
  },
  {
    table: 'post.dokument',
    letter: 'forsendelse_id',
    columns: { forsendelse_id: 'm.copy', objekt: 'uuidv7(m.shift)' },
  },
  {
    table: 'post.hendelse',
    letter: 'forsendelse_id',
    columns: { forsendelse_id: 'm.copy', id: 'uuidv7(m.shift)' },
  },
  { table: 'post.levering', letter: 'forsendelse_id', columns: { forsendelse_id: 'm.copy' } },
  {
    table: 'post.gjentakelse',
    letter: 'forsendelse_id',
    columns: { forsendelse_id: 'm.copy', fingeravtrykk: `sha256(convert_to(m.copy::text, 'UTF8'))` },
    where: `m.shift > interval '-24 hours'`,
  },
  { table: 'kernel.event', letter: 'subject', columns: { id: 'uuidv7(m.shift)', subject: 'm.copy' } },
  {
    table: 'kernel.job_attempt',
    letter: 'subject',
    columns: { job_id: 'uuidv7(m.shift)', subject: 'm.copy' },
  },
  // Numbered on in its chain; the hashes are the patterns', since nobody verifies this log.
  { table: 'kernel.audit', letter: 'object', columns: { object: 'm.copy', seq: 't.seq + m.n * m.step' } },
];

/**
 * Makes a database hold `total` letters by copying those it has: every row that belongs to a letter, with new ids
 * (UUIDv7 of their time) and spread over the past {@link DAYS} days, the oldest first, as they would have come. `url`
 * is the owner's. Two connections take turns with the chunks: PostgreSQL uses one core for each.
 */
export async function fillLetters(url: string, total: number): Promise<void> {
  const clients = Array.from({ length: CONNECTIONS }, () => new pg.Client({ connectionString: url }));
  try {
    for (const client of clients) await client.connect();
    // Before the first copy: a copy must not become a pattern.
    const lanes: Lane[] = [];
    for (const client of clients) lanes.push(await openLane(client));
    await Promise.all(lanes.map((lane, index) => fillLane(lane, index * CHUNK, total)));
    await clients[0]!.query(
      `update kernel.audit_head h set seq = (select max(seq) from kernel.audit a where a.tenant_id = h.tenant_id and a.chain = h.chain)`,
    );
  } finally {
    for (const client of clients) await client.end();
  }
}

interface Lane {
  readonly client: pg.Client;
  readonly patterns: number;
  readonly statements: readonly string[];
}

async function openLane(client: pg.Client): Promise<Lane> {
  // No triggers: what a copy refers to is copied too.
  await client.query(
    `set session_replication_role = replica; set synchronous_commit = off; set work_mem = '128MB'; set statement_timeout = 0`,
  );
  const patterns = await preparePatterns(client);
  const statements: string[] = [];
  for (const rule of RULES) statements.push(await copyStatement(client, rule));
  return { client, patterns, statements };
}

async function fillLane({ client, patterns, statements }: Lane, first: number, total: number): Promise<void> {
  const wanted = total - patterns;
  for (let from = first; from < wanted; from += CONNECTIONS * CHUNK) {
    await planCopies(client, from, Math.min(wanted, from + CHUNK), total, patterns);
    for (const statement of statements) await client.query(statement);
  }
}

/** Brings statistics and visibility maps up to date, as the automatic vacuum has done in a database that has lived. */
export async function settleTables(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('set statement_timeout = 0');
    await client.query('vacuum (analyze)');
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
}

async function preparePatterns(client: pg.Client): Promise<number> {
  await client.query(
    `create temp table pattern as select row_number() over (order by id) - 1 as nr, id from post.forsendelse;
     create temp table copies (n bigint, step bigint, pattern uuid, copy uuid, shift interval)`,
  );
  for (const { table, letter } of RULES)
    await client.query(
      `create temp table ${patternOf(table)} as select * from ${table} where ${letter} in (select id from pattern);
       create index on ${patternOf(table)} (${letter}); analyze ${patternOf(table)}`,
    );
  const { rows } = await client.query<{ count: number }>('select count(*)::int as count from pattern');
  if (!rows[0]?.count) throw new Error('there is no letter to copy');
  return rows[0].count;
}

/** The plan of one chunk: which pattern becomes which new letter, how long ago. */
async function planCopies(client: pg.Client, from: number, to: number, total: number, patterns: number) {
  await client.query('truncate copies');
  await client.query(
    `insert into copies
     select i / $4::bigint + 1, (select max(seq) from ${patternOf('kernel.audit')}), p.id, uuidv7(s.shift), s.shift
     from generate_series($1::bigint, $2::bigint - 1) i
     cross join lateral (select (i - $3::bigint) * interval '${DAYS} days' / $3::bigint as shift) s
     join pattern p on p.nr = i % $4::bigint`,
    [from, to, total, patterns],
  );
  await client.query('analyze copies');
}

async function copyStatement(client: pg.Client, rule: CopyRule): Promise<string> {
  const [schema, name] = rule.table.split('.');
  const { rows } = await client.query<{ column: string; type: string }>(
    `select column_name as column, data_type as type from information_schema.columns
     where table_schema = $1 and table_name = $2 and is_identity = 'NO' and is_generated = 'NEVER'
     order by ordinal_position`,
    [schema, name],
  );
  const value = (column: string, type: string) =>
    rule.columns[column] ?? (type.startsWith('timestamp') ? `t.${column} + m.shift` : `t.${column}`);
  const columns = rows.map((row) => row.column).join(', ');
  const values = rows.map((row) => value(row.column, row.type)).join(', ');
  return `insert into ${rule.table} (${columns}) select ${values}
    from copies m join ${patternOf(rule.table)} t on t.${rule.letter} = m.pattern
    where ${rule.where ?? 'true'} order by m.shift`;
}

function patternOf(table: string): string {
  return `pattern_${table.replace('.', '_')}`;
}
