import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../../testing/index.ts';
import { findUnstorable, toJson } from '../index.ts';

const HALF = '\ud800';

describe('what tables can hold', () => {
  let owner: Awaited<ReturnType<typeof testDatabase>>['owner'];
  beforeAll(async () => {
    ({ owner } = await testDatabase());
  });

  it.each([
    ['a value', { navn: 'a\0b' }, { navn: 'ab' }],
    ['a key', { 'n\0': 1 }, { n: 1 }],
    ['a nested key', [{ a: { [`${HALF}x`]: [`y${HALF}`] } }], [{ a: { '\ufffdx': ['y\ufffd'] } }]],
    ['a whole key', { '\0': true }, { '': true }],
    ['a text that speaks of an escape', { a: '\\u0000 \\ud800' }, { a: '\\u0000 \\ud800' }],
    ['a whole pair', { a: '😀' }, { a: '😀' }],
    ['a key that is a prototype', JSON.parse('{"__proto__": "a\\u0000"}'), JSON.parse('{"__proto__": "a"}')],
  ])('takes %s into jsonb', async (_name, value, stored) => {
    const { rows } = await owner.query('select $1::jsonb as value', [toJson(value)]);
    expect(JSON.stringify(rows[0].value)).toBe(JSON.stringify(stored));
  });

  it('finds what they cannot, in keys and values at any depth', () => {
    let deep: unknown = 'a\0';
    for (let level = 0; level < 50_000; level++) deep = [deep];
    expect(findUnstorable({ a: 'å', b: [1, null, { c: '😀' }] })).toBeUndefined();
    expect(findUnstorable({ a: { b: ['x', HALF] } })).toBe('a.b.1');
    expect(findUnstorable({ a: { 'b\0': 1 } })).toBe('a.b');
    expect(findUnstorable({ deep })).toMatch(/^deep\.0\.0/);
    expect(findUnstorable('\0')).toBe('');
  });
});
