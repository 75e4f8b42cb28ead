import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

describe('patterns of messages', () => {
  it('say in words what they ask for, beside the pattern or because they are of digits only', async () => {
    let seen = 0;
    const silent: string[] = [];
    for await (const path of glob('rooms/*/routes/**/*.ts', { cwd: ROOT })) {
      const source = await readFile(join(ROOT, path), 'utf8');
      for (const { index, 0: start } of source.matchAll(/\bpattern:\s*/g)) {
        seen++;
        const options = source.slice(index, source.indexOf('}),', index) + 1 || index + 400).slice(0, 400);
        const digits = /^'\^\[0-9\](\{\d+\}|\+)?\$'/.test(source.slice(index + start.length));
        if (!digits && !options.includes("'x-regel'")) silent.push(`${path}: ${options.split('\n', 1)[0]}`);
      }
    }
    expect(seen).toBeGreaterThan(8);
    expect(silent).toEqual([]);
  });
});
