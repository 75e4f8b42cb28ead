import { describe, expect, it } from 'vitest';
import { testDatabase } from '../../testing/index.ts';
import { isForeignKeyViolation, isUniqueViolation, statementsOf } from '../index.ts';

const { db, owner } = await testDatabase();
await owner.query(`create schema said; create table said.thing (id int primary key, part_of int references said.thing);
  grant usage on schema said to public; grant all on said.thing to public`);
const { rows, affected } = statementsOf('said');
const on = { pg: db.pool };
const add = (id: number, partOf: number | null) =>
  affected(on, 'add', 'insert into said.thing values ($1, $2)', [id, partOf]);
const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('statements of a store', () => {
  it('give rows, and how many they touched', async () => {
    expect(await add(1, null)).toBe(1);
    expect(await add(2, 1)).toBe(1);
    const parts = await rows<{ id: number }>(
      on,
      'parts',
      'select id from said.thing where part_of = $1',
      [1],
    );
    expect(parts).toEqual([{ id: 2 }]);
    expect(await affected(on, 'none', 'delete from said.thing where id = any($1)', [[7]])).toBe(0);
  });

  it('are prepared under the name of the room', async () => {
    const client = await db.pool.connect();
    try {
      await rows({ pg: client }, 'named', 'select 1', []);
      const prepared = await client.query(`select name from pg_prepared_statements where name like '%named'`);
      expect(prepared.rows).toEqual([{ name: 'said_named' }]);
    } finally {
      client.release();
    }
  });

  it('tell which rule was broken', async () => {
    await add(10, null);
    const [taken, missing, other] = [
      await errorOf(add(10, null)),
      await errorOf(add(11, 99)),
      await errorOf(rows(on, 'wrong', 'select from said.nothing', [])),
    ];
    expect([taken, missing, other].map(isUniqueViolation)).toEqual([true, false, false]);
    expect([taken, missing, other].map(isForeignKeyViolation)).toEqual([false, true, false]);
    expect(isUniqueViolation({ code: '23505' })).toBe(false);
  });
});
