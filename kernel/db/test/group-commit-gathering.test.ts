import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ctx } from '../../ctx/index.ts';
import { createGroupCommit } from '../index.ts';

const ctx = { tenant: 'a', actor: { kind: 'integration', id: 'system' } } as Ctx;
const COMMIT_MS = 6;

describe('waiting for items that are about to arrive', () => {
  const batches: string[][] = [];
  const open = () =>
    createGroupCommit<string, string>(async (_ctx, items) => {
      batches.push([...items]);
      await new Promise((resolve) => setTimeout(resolve, COMMIT_MS));
      return items;
    });

  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    batches.length = 0;
  });

  it('waits when some are coming, until they are there', async () => {
    const group = open();
    const all = [group.add(ctx, '1')];
    const arrive = group.expect(ctx);
    all.push(group.add(ctx, '2'));
    await vi.advanceTimersByTimeAsync(COMMIT_MS + 1);
    expect(batches).toEqual([['1']]);
    arrive();
    arrive();
    all.push(group.add(ctx, '3'));
    await vi.advanceTimersByTimeAsync(COMMIT_MS);
    await Promise.all(all);
    expect(batches).toEqual([['1'], ['2', '3']]);
  });

  it('waits no longer than the last commit took', async () => {
    const group = open();
    const all = [group.add(ctx, '1')];
    group.expect(ctx);
    all.push(group.add(ctx, '2'));
    await vi.advanceTimersByTimeAsync(COMMIT_MS * 2);
    expect(batches).toEqual([['1'], ['2']]);
    await vi.advanceTimersByTimeAsync(COMMIT_MS);
    await Promise.all(all);
  });

  it('waits for nothing when nothing comes of it after all, and never before the first commit', async () => {
    const group = open();
    const arrive = group.expect(ctx);
    const all = [group.add(ctx, '1'), group.add(ctx, '2')];
    expect(batches).toEqual([['1']]);
    await vi.advanceTimersByTimeAsync(COMMIT_MS);
    expect(batches).toEqual([['1']]);
    arrive();
    await vi.advanceTimersByTimeAsync(0);
    expect(batches).toEqual([['1'], ['2']]);
    await vi.advanceTimersByTimeAsync(COMMIT_MS);
    await Promise.all(all);
  });
});
