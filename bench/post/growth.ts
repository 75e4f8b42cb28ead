import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { type ServerProcess, startServer } from '../kit/server-process.ts';
import { latencyOf, median } from '../kit/stats.ts';
import type { Workspace } from '../kit/workspace.ts';
import type { Generator } from '../load/generator.ts';
import type { JsonPlan } from '../load/plan.ts';
import { settleJobs } from './backlog.ts';
import { fillLetters, settleTables } from './fill-letters.ts';
import { letterPlan } from './letter-plan.ts';
import { altinnRecipients } from './recipients.ts';
import { statusPath } from './status-calls.ts';

const FEW = 1000;

export interface GrowthReport {
  readonly few: number;
  readonly many: number;
  readonly fillSeconds: number;
  readonly databaseMb: number;
  readonly rows: readonly GrowthFigures[];
}

interface GrowthFigures {
  readonly what: 'accept' | 'status 1' | 'status 100' | 'status 100 recent';
  /** Median time of a call, ms. */
  readonly fewMs: number;
  readonly manyMs: number;
  /** Median of the ratios of the rounds. */
  readonly ratio: number;
}

export interface GrowthOptions {
  readonly many: number;
  readonly rounds: number;
  readonly durationMs: number;
  /** Creates a database (as a copy of `template`) and answers with its address. */
  readonly createDatabase: (name: string, template?: string) => Promise<string>;
}

interface Side {
  readonly server: ServerProcess;
  readonly all: readonly string[];
  readonly recent: readonly string[];
}

/**
 * Time of a call with few and with many letters stored: two servers on two databases of the same PostgreSQL, under
 * the same load in turns.
 */
export async function measureGrowth(
  workspace: Workspace,
  generator: Generator,
  options: GrowthOptions,
): Promise<GrowthReport> {
  const env = { MASTER_KEY: randomBytes(32).toString('base64') };
  const few = await options.createDatabase('few');
  await sendFew(workspace, generator, { ...env, DATABASE_URL: few });
  const many = await options.createDatabase('many', 'few');
  const started = performance.now();
  await fillLetters(many, options.many);
  for (const url of [few, many]) await settleTables(url);
  const fillSeconds = (performance.now() - started) / 1000;

  const open = async (name: string, url: string): Promise<Side> => {
    const dataDir = await workspace.folder(name);
    const server = await startServer(workspace, { dataDir, env: { ...env, ROLE: 'web', DATABASE_URL: url } });
    return { server, ...(await sampleIds(url)) };
  };
  const sides = [await open('few', few), await open('many', many)] as const;
  const rows: GrowthFigures[] = [];
  // Accepting last: it adds letters.
  for (const what of ['status 1', 'status 100', 'status 100 recent', 'accept'] as const)
    rows.push(await compare(generator, sides, what, options));
  for (const { server } of sides) await server.stop();
  return { few: FEW, many: options.many, fillSeconds, databaseMb: await databaseMb(many), rows };
}

async function sendFew(
  workspace: Workspace,
  generator: Generator,
  env: Record<string, string>,
): Promise<void> {
  const server = await startServer(workspace, { dataDir: await workspace.folder('few'), env });
  const perSecond = 100;
  const durationMs = (FEW * 1000) / perSecond;
  const wish = { recipients: altinnRecipients(), connections: 16, durationMs, perSecond };
  await generator.run(await letterPlan(server, wish));
  await settleJobs(server.port);
  await server.stop();
}

async function compare(
  generator: Generator,
  [few, many]: readonly [Side, Side],
  what: GrowthFigures['what'],
  options: GrowthOptions,
): Promise<GrowthFigures> {
  const run = async (side: Side, durationMs: number) =>
    latencyOf((await generator.run(await planFor(side, what, durationMs))).latencies).p50;
  for (const side of [few, many]) await run(side, options.durationMs);
  const pairs: [number, number][] = [];
  for (let round = 0; round < options.rounds; round++) {
    const fewFirst = round % 2 === 0;
    const first = await run(fewFirst ? few : many, options.durationMs);
    const second = await run(fewFirst ? many : few, options.durationMs);
    pairs.push(fewFirst ? [first, second] : [second, first]);
  }
  return {
    what,
    fewMs: median(pairs.map(([ms]) => ms)),
    manyMs: median(pairs.map(([, ms]) => ms)),
    ratio: median(pairs.map(([a, b]) => b / a)),
  };
}

async function planFor(side: Side, what: GrowthFigures['what'], durationMs: number) {
  if (what === 'accept')
    return letterPlan(side.server, { recipients: altinnRecipients(), connections: 16, durationMs });
  const size = what === 'status 1' ? 1 : 100;
  return statusPlan(side.server, what.endsWith('recent') ? side.recent : side.all, size, durationMs);
}

/** Calls that ask for `size` ids each, drawn from all over `ids`. */
async function statusPlan(
  server: ServerProcess,
  ids: readonly string[],
  size: number,
  durationMs: number,
): Promise<JsonPlan> {
  const bodies = Array.from({ length: Math.max(1, Math.floor(ids.length / size)) }, (_, call) =>
    JSON.stringify({ forsendelseIds: ids.slice(call * size, (call + 1) * size) }),
  );
  return {
    kind: 'json',
    port: server.port,
    path: statusPath(server.kontoId),
    headers: await server.headers(),
    bodies,
    connections: 4,
    durationMs,
    warmupMs: durationMs / 5,
  };
}

/** As many ids of each side, so that the generator has as much to do: from all over the table, and the newest. */
async function sampleIds(url: string): Promise<Pick<Side, 'all' | 'recent'>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const all = await client.query<{ id: string }>(
      `select id from post.forsendelse order by random() limit ${FEW}`,
    );
    const recent = await client.query<{ id: string }>(
      `select id from post.forsendelse order by id desc limit ${FEW}`,
    );
    return { all: all.rows.map((row) => row.id), recent: recent.rows.map((row) => row.id) };
  } finally {
    await client.end();
  }
}

async function databaseMb(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ mb: number }>(
      'select (pg_database_size(current_database()) / 1000000)::int as mb',
    );
    return rows[0]!.mb;
  } finally {
    await client.end();
  }
}
