import type { Ctx } from '@grunnmur/kernel/ctx';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BatchItem, createAcceptBatcher } from '../service/accept-batcher.ts';

const ctx = { tenant: 'a', actor: { kind: 'integration', id: 'system' } } as Ctx;
const item = (id: string): BatchItem => ({ id, exclusive: [] });
const COMMIT_MS = 6;

describe('waiting for letters that are about to arrive', () => {
  const batches: string[][] = [];
  const open = () =>
    createAcceptBatcher(async (_ctx: Ctx, items: readonly BatchItem[]) => {
      batches.push(items.map(({ id }) => id));
      await new Promise((resolve) => setTimeout(resolve, COMMIT_MS));
    });

  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    batches.length = 0;
  });

  it('waits when some are coming, until they are there', async () => {
    const batcher = open();
    const all = [batcher.add(ctx, item('1'))];
    const arrive = batcher.expect(ctx);
    all.push(batcher.add(ctx, item('2')));
    await vi.advanceTimersByTimeAsync(COMMIT_MS + 1);
    expect(batches).toEqual([['1']]);
    arrive();
    arrive();
    all.push(batcher.add(ctx, item('3')));
    await vi.advanceTimersByTimeAsync(COMMIT_MS);
    await Promise.all(all);
    expect(batches).toEqual([['1'], ['2', '3']]);
  });

  it('waits no longer than the last commit took', async () => {
    const batcher = open();
    const all = [batcher.add(ctx, item('1'))];
    batcher.expect(ctx);
    all.push(batcher.add(ctx, item('2')));
    await vi.advanceTimersByTimeAsync(COMMIT_MS * 2);
    expect(batches).toEqual([['1'], ['2']]);
    await vi.advanceTimersByTimeAsync(COMMIT_MS);
    await Promise.all(all);
  });

  it('waits for nothing when nothing comes of it after all, and never before the first commit', async () => {
    const batcher = open();
    const arrive = batcher.expect(ctx);
    const all = [batcher.add(ctx, item('1')), batcher.add(ctx, item('2'))];
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
