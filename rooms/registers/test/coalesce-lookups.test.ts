import { describe, expect, it } from 'vitest';
import { type CoalesceOptions, coalesceLookups } from '../external/coalesce-lookups.ts';

interface Loaded {
  readonly keys: readonly string[];
  readonly signal: AbortSignal;
}

function upper(keys: readonly string[]): Map<string, string> {
  return new Map(keys.map((key) => [key, key.toUpperCase()]));
}

function setUp(change: Partial<CoalesceOptions<string>> = {}) {
  const loads: Loaded[] = [];
  const load = change.load ?? (async (keys: readonly string[]) => upper(keys));
  const lookup = coalesceLookups<string>({
    maxBatch: 4,
    waitMs: 1,
    maxConcurrent: 2,
    missing: () => new Error('missing'),
    mayBeOneKey: () => false,
    ...change,
    load: async (keys, signal) => {
      loads.push({ keys, signal });
      return load(keys, signal);
    },
  });
  return { lookup, loads };
}

describe('coalesceLookups', () => {
  it('makes one request of calls at the same time and gives each call its own keys', async () => {
    const { lookup, loads } = setUp();
    const [first, second] = await Promise.all([lookup(['a', 'b']), lookup(['b', 'c'])]);
    expect(loads.map((load) => load.keys)).toEqual([['a', 'b', 'c']]);
    expect([...first.keys()]).toEqual(['a', 'b']);
    expect([...second]).toEqual([
      ['b', 'B'],
      ['c', 'C'],
    ]);
  });

  it('asks for a key once and splits at the limit', async () => {
    const { lookup, loads } = setUp();
    const keys = ['a', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
    const found = await lookup(keys);
    expect(loads.map((load) => load.keys.length)).toEqual([4, 4, 1]);
    expect(found.size).toBe(9);
  });

  it('fills an open batch before it begins the next', async () => {
    const { lookup, loads } = setUp();
    await Promise.all([lookup(['a', 'b', 'c']), lookup(['d', 'e', 'f'])]);
    expect(loads.map((load) => load.keys)).toEqual([
      ['a', 'b', 'c', 'd'],
      ['e', 'f'],
    ]);
  });

  it('answers no keys with nothing and without a request', async () => {
    const { lookup, loads } = setUp();
    expect((await lookup([])).size).toBe(0);
    expect(loads).toEqual([]);
  });

  it('keeps to the number of requests at once', async () => {
    let running = 0;
    let most = 0;
    const { lookup } = setUp({
      load: async (keys) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 2));
        running--;
        return upper(keys);
      },
    });
    await lookup(Array.from({ length: 40 }, (_, index) => `k${index}`));
    expect(most).toBe(2);
  });

  it('gives an error to all calls of a batch, and works again afterwards', async () => {
    let broken = true;
    const { lookup } = setUp({
      load: async (keys) => {
        if (broken) throw new Error('down');
        return upper(keys);
      },
    });
    const outcomes = await Promise.allSettled([lookup(['a']), lookup(['b'])]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
    broken = false;
    expect((await lookup(['a'])).get('a')).toBe('A');
  });

  it('fails only the calls whose key the answer lacks', async () => {
    const { lookup } = setUp({ load: async (keys) => upper(keys.filter((key) => key !== 'b')) });
    const [first, second] = await Promise.allSettled([lookup(['a']), lookup(['a', 'b'])]);
    expect(first.status).toBe('fulfilled');
    expect(second.status).toBe('rejected');
  });

  it('repeats a batch call by call when one key may have spoilt it', async () => {
    const { lookup, loads } = setUp({
      mayBeOneKey: () => true,
      load: async (keys) => {
        if (keys.includes('bad')) throw new Error('rejected');
        return upper(keys);
      },
    });
    const [first, second] = await Promise.allSettled([lookup(['a']), lookup(['bad'])]);
    expect(first.status).toBe('fulfilled');
    expect(second.status).toBe('rejected');
    expect(loads.map((load) => load.keys)).toEqual([['a', 'bad'], ['a'], ['bad']]);
  });

  it('does not look up what nobody waits for any more', async () => {
    const { lookup, loads } = setUp();
    const gone = new AbortController();
    const first = lookup(['a'], gone.signal);
    const second = lookup(['b']);
    gone.abort();
    await expect(first).rejects.toThrow();
    await second;
    expect(loads.map((load) => load.keys)).toEqual([['b']]);
  });

  it('stops a request when the last caller hangs up, not before', async () => {
    const { lookup, loads } = setUp({
      load: (_keys, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    const [one, two] = [new AbortController(), new AbortController()];
    const first = lookup(['a'], one.signal);
    const second = lookup(['b'], two.signal);
    await expect.poll(() => loads.length).toBe(1);
    one.abort();
    await expect(first).rejects.toThrow();
    expect(loads[0]?.signal.aborted).toBe(false);
    two.abort();
    await expect(second).rejects.toThrow();
    expect(loads[0]?.signal.aborted).toBe(true);
  });

  it('refuses a call whose caller has already hung up', async () => {
    const { lookup, loads } = setUp();
    await expect(lookup(['a'], AbortSignal.abort())).rejects.toThrow();
    expect(loads).toEqual([]);
  });
});
