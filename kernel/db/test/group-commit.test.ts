import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Ctx } from '../../ctx/index.ts';
import { KernelError } from '../../errors/index.ts';
import {
  createGroupCommit,
  type GroupCommitOptions,
  nothingCommitted,
  OutcomeUnknown,
  PartlyRefused,
} from '../index.ts';

const ctx = (tenant = 'a', actor = 'system') =>
  ({ tenant, actor: { kind: 'integration', id: actor } }) as Ctx;

interface Item {
  readonly id: string;
  readonly keys: readonly string[];
  readonly bytes: number;
}
const item = (id: string, ...keys: string[]): Item => ({ id, keys, bytes: 1 });

/** An SQL error as a living server answers it: nothing was committed. */
const sqlError = (code = '23503') => Object.assign(new Error('sql'), { severity: 'ERROR', code });

interface Commit {
  readonly ctx: Ctx;
  readonly ids: readonly string[];
}

function recorder(
  fail: (items: readonly Item[]) => unknown = () => undefined,
  options: GroupCommitOptions<Item> = {},
) {
  const commits: Commit[] = [];
  const stored: string[] = [];
  let running = 0;
  const group = createGroupCommit<Item, string>(
    async (at, items) => {
      const ids = items.map(({ id }) => id);
      commits.push({ ctx: at, ids });
      running++;
      await sleep(1);
      running--;
      const error = fail(items);
      if (error) throw error;
      stored.push(...ids);
      return ids.map((id) => `stored ${id}`);
    },
    { exclusive: ({ keys }) => keys, ...options },
  );
  return { group, commits, stored, running: () => running, batches: () => commits.map(({ ids }) => ids) };
}

const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => {
      throw new Error('resolved');
    },
    (error) => error,
  );

describe('group commit', () => {
  it('commits one alone at once and those that arrive meanwhile together, in order', async () => {
    const { group, batches } = recorder();
    const answers = await Promise.all(['1', '2', '3', '4'].map((id) => group.add(ctx(), item(id))));
    expect(answers).toEqual(['stored 1', 'stored 2', 'stored 3', 'stored 4']);
    expect(batches()).toEqual([['1'], ['2', '3', '4']]);
  });

  it('never mixes tenants or senders', async () => {
    const { group, commits } = recorder();
    const senders = [ctx('a', 'x'), ctx('b', 'x'), ctx('a', 'y')];
    await Promise.all(Array.from({ length: 30 }, (_, nr) => group.add(senders[nr % 3]!, item(String(nr)))));
    for (const { ctx: at, ids } of commits) for (const id of ids) expect(at).toBe(senders[Number(id) % 3]);
    expect(commits.flatMap(({ ids }) => ids)).toHaveLength(30);
  });

  it('keeps to the largest batch', async () => {
    const { group, batches } = recorder(undefined, { maxItems: 3 });
    await Promise.all(Array.from({ length: 8 }, (_, nr) => group.add(ctx(), item(String(nr)))));
    expect(batches().map((ids) => ids.length)).toEqual([1, 3, 3, 1]);
  });

  it('keeps to the largest weight, and takes what is heavier alone', async () => {
    const { group, batches, stored } = recorder(undefined, { weight: { of: ({ bytes }) => bytes, max: 10 } });
    const weights = [1, 6, 4, 1, 11, 2, 3];
    await Promise.all(weights.map((bytes, nr) => group.add(ctx(), { id: String(nr), keys: [], bytes })));
    expect(batches()).toEqual([['0'], ['1', '2'], ['3'], ['4'], ['5', '6']]);
    expect(stored).toHaveLength(weights.length);
  });

  it('puts two that share a key into different batches, and keeps their order', async () => {
    const { group, batches, stored } = recorder();
    const items = [item('first'), item('a', 'k'), item('b', 'k'), item('c'), item('d', 'k')];
    await Promise.all(items.map((one) => group.add(ctx(), one)));
    expect(batches()).toEqual([['first'], ['a', 'c'], ['b'], ['d']]);
    expect(stored.filter((id) => 'abd'.includes(id))).toEqual(['a', 'b', 'd']);
  });

  it('answers the refused and commits the rest', async () => {
    const refused = new Set(['2', '3']);
    const { group, stored } = recorder((items) => {
      const answers = items.filter(({ id }) => refused.has(id)).map((one) => [one, `no ${one.id}`] as const);
      return answers.length > 0 && new PartlyRefused(new Map(answers));
    });
    const answers = await Promise.all(['1', '2', '3', '4'].map((id) => group.add(ctx(), item(id))));
    expect(answers).toEqual(['stored 1', 'no 2', 'no 3', 'stored 4']);
    expect(stored).toEqual(['1', '4']);
  });

  it('lets one bad item take no other with it', async () => {
    const { group, stored } = recorder((items) => items.some(({ id }) => id === 'bad') && sqlError());
    const ids = ['1', '2', 'bad', '3'];
    const answers = await Promise.allSettled(ids.map((id) => group.add(ctx(), item(id))));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(stored).toEqual(['1', '2', '3']);
  });

  it.each([
    ['a lost connection', Object.assign(new Error('lost'), { code: 'ECONNRESET' })],
    ['a write into a closed connection', Object.assign(new Error('closed'), { code: 'EPIPE' })],
    ['a server that went down', sqlError('57P01')],
    ['an error without a code', new Error('Connection terminated unexpectedly')],
  ])('tries nothing again after %s: it may have been committed', async (_, cause) => {
    let calls = 0;
    const { group } = recorder((items) => items.some(({ id }) => id === '2') && calls++ === 0 && cause);
    const [, ...rest] = ['1', '2', '3'].map((id) => group.add(ctx(), item(id)));
    for (const work of rest) {
      const error = await errorOf(work);
      expect(error).toBeInstanceOf(OutcomeUnknown);
      expect(error).toMatchObject({ code: 'kernel.unavailable', status: 503, retry: true, cause });
      expect(nothingCommitted(error)).toBe(false);
    }
    expect(calls).toBe(1);
  });

  it.each([
    ['an SQL error', sqlError()],
    ['an error of ours', KernelError.conflict()],
  ])('says that nothing is committed after %s', async (_, cause) => {
    const { group } = recorder(() => cause);
    const error = await errorOf(group.add(ctx(), item('1')));
    expect(error).toBe(cause);
    expect(nothingCommitted(error)).toBe(true);
  });

  it('goes on after an error', async () => {
    const { group, running } = recorder((items) => items.some(({ id }) => id === 'bad') && new Error('x'));
    await errorOf(group.add(ctx(), item('bad')));
    expect(await group.add(ctx(), item('good'))).toBe('stored good');
    expect(running()).toBe(0);
  });

  it('is idle when nothing waits, also while something is expected', async () => {
    const { group, stored } = recorder(undefined, { maxItems: 1 });
    const arrive = group.expect(ctx('b'));
    const all = ['1', '2', '3'].map((id) => group.add(ctx(), item(id)));
    await group.idle();
    expect(stored).toEqual(['1', '2', '3']);
    await Promise.all(all);
    arrive();
    await group.idle();
  });

  it('tells how many are under way whenever there is one more', async () => {
    const told: number[] = [];
    const { group } = recorder(undefined, { onUnderWay: (count) => void told.push(count) });
    const arrive = group.expect(ctx());
    const all = [group.add(ctx(), item('1')), group.add(ctx('b'), item('2'))];
    arrive();
    await Promise.all(all);
    await group.add(ctx(), item('3'));
    expect(told).toEqual([1, 2, 3, 1]);
  });
});
