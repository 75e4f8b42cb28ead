import { describe, expect, it } from 'vitest';
import { latencyOf, median, percentile, slope } from '../kit/stats.ts';

describe('statistics of the bench', () => {
  it('takes percentiles by rank', () => {
    const samples = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(latencyOf(samples)).toEqual({ p50: 50, p95: 95, p99: 99 });
    expect(percentile([7], 0.99)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
  });

  it('takes the middle, or the mean of the two middle ones', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it('sees how fast a row grows', () => {
    expect(slope([5, 7, 9, 11])).toBeCloseTo(2);
    expect(slope([4, 4, 4])).toBe(0);
    expect(slope([1])).toBe(0);
  });
});
