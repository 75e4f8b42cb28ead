import { setTimeout as sleep } from 'node:timers/promises';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { describe, expect, it } from 'vitest';
import { PostError } from '../errors.ts';
import { type BatchItem, createAcceptBatcher } from '../service/accept-batcher.ts';
import { type Refusal, Refusals } from '../service/refusals.ts';

const ctx = (tenant = 'a', actor = 'system') =>
  ({ tenant, actor: { kind: 'integration', id: actor } }) as Ctx;
const item = (id: string, ...exclusive: string[]): BatchItem => ({ id, exclusive });

/** An SQL error as a living server answers it: nothing was committed. */
const sqlError = (code = '23503') => Object.assign(new Error('sql'), { severity: 'ERROR', code });

interface Commit {
  readonly ctx: Ctx;
  readonly ids: readonly string[];
}

function recorder(fail: (ids: readonly string[]) => unknown = () => undefined, maxBatch?: number) {
  const commits: Commit[] = [];
  const stored: string[] = [];
  let running = 0;
  const batcher = createAcceptBatcher(
    async (at: Ctx, items: readonly BatchItem[]) => {
      const ids = items.map(({ id }) => id);
      commits.push({ ctx: at, ids });
      running++;
      await sleep(1);
      running--;
      const error = fail(ids);
      if (error) throw error;
      stored.push(...ids);
    },
    maxBatch === undefined ? {} : { maxBatch },
  );
  return { batcher, commits, stored, running: () => running, batches: () => commits.map(({ ids }) => ids) };
}

const errorOf = (work: Promise<unknown>): Promise<{ message: string }> =>
  work.then(
    () => {
      throw new Error('resolved');
    },
    (error) => error,
  );

describe('group commit', () => {
  it('commits one alone at once and those that arrive meanwhile together, in order', async () => {
    const { batcher, batches } = recorder();
    const answers = await Promise.all(['1', '2', '3', '4'].map((id) => batcher.add(ctx(), item(id))));
    expect(answers).toEqual([{ id: '1' }, { id: '2' }, { id: '3' }, { id: '4' }]);
    expect(batches()).toEqual([['1'], ['2', '3', '4']]);
  });

  it('never mixes tenants or senders', async () => {
    const { batcher, commits } = recorder();
    const senders = [ctx('a', 'x'), ctx('b', 'x'), ctx('a', 'y')];
    await Promise.all(Array.from({ length: 30 }, (_, nr) => batcher.add(senders[nr % 3]!, item(String(nr)))));
    for (const { ctx: at, ids } of commits) for (const id of ids) expect(at).toBe(senders[Number(id) % 3]);
    expect(commits.flatMap(({ ids }) => ids)).toHaveLength(30);
  });

  it('keeps to the largest batch', async () => {
    const { batcher, batches } = recorder(undefined, 3);
    await Promise.all(Array.from({ length: 8 }, (_, nr) => batcher.add(ctx(), item(String(nr)))));
    expect(batches().map((ids) => ids.length)).toEqual([1, 3, 3, 1]);
  });

  it('puts two that share a claim into different batches, and keeps their order', async () => {
    const { batcher, batches, stored } = recorder();
    const items = [item('first'), item('a', 'k'), item('b', 'k'), item('c'), item('d', 'k')];
    await Promise.all(items.map((one) => batcher.add(ctx(), one)));
    expect(batches()).toEqual([['first'], ['a', 'c'], ['b'], ['d']]);
    expect(stored.filter((id) => 'abd'.includes(id))).toEqual(['a', 'b', 'd']);
  });

  it('answers the refused and commits the rest', async () => {
    const error = PostError.gjentagendeForsendelse({ params: { id: 'x' } });
    const refused = new Map<string, Refusal>([
      ['2', { error }],
      ['3', { repeated: { id: 'earlier', advarsler: [] } }],
    ]);
    const { batcher, stored } = recorder((ids) =>
      ids.some((id) => refused.has(id)) ? new Refusals(refused) : undefined,
    );
    const answers = await Promise.all(['1', '2', '3', '4'].map((id) => batcher.add(ctx(), item(id))));
    expect(answers).toEqual([
      { id: '1' },
      { error },
      { repeated: { id: 'earlier', advarsler: [] } },
      { id: '4' },
    ]);
    expect(stored).toEqual(['1', '4']);
  });

  it('lets one bad letter take no other with it', async () => {
    const { batcher, stored } = recorder((ids) => (ids.includes('bad') ? sqlError() : undefined));
    const ids = ['1', '2', 'bad', '3'];
    const answers = await Promise.allSettled(ids.map((id) => batcher.add(ctx(), item(id))));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(stored).toEqual(['1', '2', '3']);
  });

  it.each([
    ['a lost connection', Object.assign(new Error('lost'), { code: 'ECONNRESET' })],
    ['a write into a closed connection', Object.assign(new Error('closed'), { code: 'EPIPE' })],
    ['a server that went down', sqlError('57P01')],
    ['an error without a code', new Error('Connection terminated unexpectedly')],
  ])('tries nothing again after %s: it may have been committed', async (_, error) => {
    let calls = 0;
    const { batcher } = recorder((ids) => (ids.includes('2') && calls++ === 0 ? error : undefined));
    const [, ...rest] = ['1', '2', '3'].map((id) => batcher.add(ctx(), item(id)));
    for (const work of rest) expect(await errorOf(work)).toBe(error);
    expect(calls).toBe(1);
  });

  it('goes on after an error', async () => {
    const { batcher, running } = recorder((ids) => (ids.includes('bad') ? new Error('x') : undefined));
    await errorOf(batcher.add(ctx(), item('bad')));
    expect(await batcher.add(ctx(), item('good'))).toEqual({ id: 'good' });
    expect(running()).toBe(0);
  });
});
