import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { TestServer } from './harness.ts';
import type { Answer } from './send-faces.ts';

/** Everything that a letter leaves: rows of every table it could touch, and files. */
export interface Traces {
  readonly rows: Readonly<Record<string, number>>;
  readonly files: readonly string[];
}

/** Schedules write their times while nothing happens, and refused logins are counted on purpose. */
const NOT_TRACES = ['kernel.schedule', 'access.refusal', 'access.jti_seen'];

export async function traces(test: TestServer): Promise<Traces> {
  const { rows: tables } = await test.owner.query<{ name: string }>(
    `select schemaname || '.' || tablename as name from pg_tables where schemaname in ('kernel', 'access', 'post') order by 1`,
  );
  const counted = tables.map(({ name }) => name).filter((name) => !NOT_TRACES.includes(name));
  const counts = counted.map((name) => `select '${name}' as name, count(*)::int as count from ${name}`);
  const { rows } = await test.owner.query<{ name: string; count: number }>(counts.join(' union all '));
  const files = await Promise.all(
    ['objects', 'spool'].map((folder) =>
      readdir(join(test.dataDir, folder), { recursive: true, withFileTypes: true }).catch(() => []),
    ),
  );
  return {
    rows: Object.fromEntries(rows.map(({ name, count }) => [name, count])),
    files: files
      .flat()
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort(),
  };
}

/**
 * Runs `work` and shows that nothing of it is left, but `logged` entries of the access log: that somebody was refused a letter.
 * Cleaning up after a caller who has gone may take a moment.
 */
export async function leavesNothing<T>(test: TestServer, work: () => Promise<T>, logged = 0): Promise<T> {
  const before = await traces(test);
  const entries = before.rows['kernel.audit']! + logged;
  const expected: Traces = { ...before, rows: { ...before.rows, 'kernel.audit': entries } };
  const result = await work();
  await expect.poll(async () => changes(expected, await traces(test)), { timeout: 10_000 }).toEqual([]);
  return result;
}

/** What differs, for a person to read. */
function changes(before: Traces, after: Traces): string[] {
  const rows = Object.entries(after.rows).filter(([name, count]) => count !== before.rows[name]);
  const files = after.files.filter((file) => !before.files.includes(file));
  const gone = before.files.filter((file) => !after.files.includes(file));
  return [
    ...rows.map(([name, count]) => `${name}: ${before.rows[name]} rows, then ${count}`),
    ...files.map((file) => `new ${file}`),
    ...gone.map((file) => `gone ${file}`),
  ];
}

/** Waits until no job is left, so that rows are counted in peace. */
export async function quiet(test: TestServer): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const { rowCount } = await test.owner.query('select from kernel.job');
    if (rowCount === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('jobs are still waiting');
}

export interface Refusal {
  readonly status: number;
  readonly code: string | RegExp;
  /** Parts of the text: the field in the face's own words, and the rule. */
  readonly says?: readonly string[];
}

/** A refusal in the face's documented shape (SvarUt: error bodies), fit to be shown to anybody. */
export function expectRefusal(face: 'v1' | 'v2', answer: Answer, refusal: Refusal): void {
  const { json } = answer;
  const code = String(face === 'v1' ? json.errorcode : json.errorCode);
  expect(answer.status, answer.text).toBe(refusal.status);
  if (face === 'v1') {
    expect(Object.keys(json).sort()).toEqual(['errorcode', 'message']);
    // The published Java client shows the text only.
    expect(json.message).toContain(code);
  } else {
    expect(json).toEqual({
      timestamp: expect.any(Number),
      status: refusal.status,
      error: expect.any(String),
      errorId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      path: expect.stringMatching(/^\//),
      originalPath: expect.stringMatching(/^\//),
      message: expect.any(String),
      errorCode: code,
    });
  }
  if (typeof refusal.code === 'string') expect(code, answer.text).toBe(refusal.code);
  else expect(code, answer.text).toMatch(refusal.code);
  for (const words of refusal.says ?? []) expect(json.message).toContain(words);
  expect(answer.text).not.toMatch(/\bat \S+:\d+|node_modules|\.ts\b|select |insert |pg_|undefined/);
}

export async function expectHealthy(test: TestServer): Promise<void> {
  const answer = await fetch(`${test.baseUrl}/health/ready`);
  expect(answer.status).toBe(200);
}
