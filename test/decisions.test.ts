import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './boundaries/read-sources.ts';

const FOLDER = join(ROOT, 'docs', 'decisions');
/** A path from the root in code type; what begins elsewhere is said in its context. */
const PATH = /`((?:apps|bench|conformance|docs|kernel|packages|rooms|scripts|test|ui)\/[\w./-]+\.\w+)`/g;

describe('decision records', () => {
  const records = readdirSync(FOLDER).filter((name) => name.endsWith('.md'));

  it('name files that exist', () => {
    const named = records.flatMap((record) =>
      [...readFileSync(join(FOLDER, record), 'utf8').matchAll(PATH)].map(([, path]) => ({ record, path })),
    );
    expect(named.length).toBeGreaterThan(5);
    const gone = named.filter(({ path }) => !existsSync(join(ROOT, path as string)));
    expect(gone).toEqual([]);
  });

  it('have a number each', () => {
    const numbers = records.map((record) => record.slice(0, 4));
    expect(numbers.every((number) => /^\d{4}$/.test(number))).toBe(true);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});
