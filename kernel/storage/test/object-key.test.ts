import { describe, expect, it } from 'vitest';
import { firstIdAt, newId, timeOfId } from '../../ids/index.ts';
import { idOfObject, objectKey } from '../index.ts';

describe('the key of an object', () => {
  const tenant = newId();

  it('has the day in it and gives the id back', () => {
    const id = '019b7a2f-3c00-7000-8000-000000000001';
    const day = new Date(0x019b7a2f3c00).toISOString().slice(0, 10).replaceAll('-', '');
    expect(objectKey(tenant, id)).toBe(`${tenant}/${day}/${id}`);
    expect(idOfObject(objectKey(tenant, id))).toBe(id);
  });

  it('tells when an id was made, and which come first of a time', () => {
    const now = Date.now() + 60_000;
    const id = newId(now);
    expect(timeOfId(id)).toBe(now);
    expect(timeOfId(firstIdAt(now))).toBe(now);
    expect([firstIdAt(now + 1), id, firstIdAt(now)].sort()).toEqual([firstIdAt(now), id, firstIdAt(now + 1)]);
    expect(firstIdAt(-1)).toBe(firstIdAt(0));
  });
});
