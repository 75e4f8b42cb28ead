import { randomUUID } from 'node:crypto';
import pg from 'pg';

const CONNECTIONS = 16;

/**
 * Durable inserts of one small row per second: 16 connections, each row a transaction of its own. What the database
 * alone could do for letters that are committed one at a time.
 */
export async function measureInserts(url: string, durationMs: number): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
  try {
    await pool.query(
      'create table bench_insert (id uuid primary key, body text not null, at timestamptz not null)',
    );
    const until = performance.now() + durationMs;
    const counts = await Promise.all(Array.from({ length: CONNECTIONS }, () => insertUntil(pool, until)));
    return (counts.reduce((sum, count) => sum + count, 0) * 1000) / durationMs;
  } finally {
    await pool.end();
  }
}

async function insertUntil(pool: pg.Pool, until: number): Promise<number> {
  const client = await pool.connect();
  try {
    let count = 0;
    for (; performance.now() < until; count++)
      await client.query({
        name: 'bench_insert',
        text: 'insert into bench_insert (id, body, at) values ($1, $2, now())',
        values: [randomUUID(), 'x'.repeat(200)],
      });
    return count;
  } finally {
    client.release();
  }
}
