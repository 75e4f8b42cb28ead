import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { E } from '../errors.ts';

describe('the error catalogue', () => {
  it.each(['nb', 'nn', 'en'])('has a text for each code, and no other, in %s', async (language) => {
    const file = await readFile(new URL(`../locales/${language}.json`, import.meta.url), 'utf8');
    const codes = Object.values(E).map((make) => make().code);
    expect(Object.keys(JSON.parse(file)).sort()).toEqual(codes.sort());
  });
});
