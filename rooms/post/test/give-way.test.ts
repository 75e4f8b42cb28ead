import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createAcceptancePressure } from '../jobs/give-way.ts';

describe('delivery gives way to acceptance', () => {
  it('while many letters are under way, and a moment after', async () => {
    const { onUnderWay, giveWay } = createAcceptancePressure();
    expect(giveWay.when()).toBe(false);
    onUnderWay(2);
    expect(giveWay.when()).toBe(false);
    onUnderWay(16);
    onUnderWay(1);
    expect(giveWay.when()).toBe(true);
    await sleep(300);
    expect(giveWay.when()).toBe(false);
  });
});
