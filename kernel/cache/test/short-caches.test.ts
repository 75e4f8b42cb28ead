import { describe, expect, it } from 'vitest';
import { createShortCaches, FRESHNESS_MS } from '../index.ts';

describe('short caches', () => {
  function open() {
    let now = 0;
    let reads = 0;
    const caches = createShortCaches(() => now);
    const load = async () => ++reads;
    return { caches, load, pass: (ms: number) => (now += ms) };
  }

  it('read once for all who ask at the same time, and again after five seconds', async () => {
    const { caches, load, pass } = open();
    const cache = caches.create<number>();
    expect(await Promise.all([cache.get('a', load), cache.get('a', load)])).toEqual([1, 1]);
    expect(await cache.get('b', load)).toBe(2);
    pass(FRESHNESS_MS - 1);
    expect(await cache.get('a', load)).toBe(1);
    pass(1);
    expect(await cache.get('a', load)).toBe(3);
  });

  it('keep no failed read', async () => {
    const { caches, load } = open();
    const cache = caches.create<number>();
    await expect(cache.get('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await cache.get('a', load)).toBe(1);
  });

  it('forget all together, also a read that began before the change', async () => {
    const { caches, load } = open();
    const [one, other] = [caches.create<number>(), caches.create<number>()];
    let finish = (_: number) => {};
    const slow = one.read('a', () => new Promise((resolve) => (finish = resolve)));
    await other.get('a', load);
    expect(caches.isCurrent(slow)).toBe(true);
    caches.forget();
    expect(caches.isCurrent(slow)).toBe(false);
    finish(99);
    expect(await slow.value).toBe(99);
    expect(await one.get('a', load)).toBe(2);
    expect(await other.get('a', load)).toBe(3);
  });

  it('do not let a failed old read take a newer one away', async () => {
    const { caches, load } = open();
    const cache = caches.create<number>();
    let fail = () => {};
    const old = cache.get('a', () => new Promise((_, reject) => (fail = () => reject(new Error('late')))));
    caches.forget();
    expect(await cache.get('a', load)).toBe(1);
    fail();
    await expect(old).rejects.toThrow('late');
    expect(await cache.get('a', load)).toBe(1);
  });
});
