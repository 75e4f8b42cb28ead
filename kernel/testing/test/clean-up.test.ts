import { mkdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { afterTestFile, cleanUp } from '../clean-up.ts';
import { leftBehind, TEST_TMPDIR } from '../left-behind.ts';
import { testFolder } from '../test-database.ts';

const done: string[] = [];
let folder: string;

beforeAll(async () => {
  folder = await testFolder();
  afterTestFile(() => done.push('registered first'));
  afterTestFile(() => done.push('registered last'));
});

// Hooks that belong to the file come before what waits for its end.
afterAll(() => done.push('hook of the file'));

it('keeps a folder of a hook until the file is done, in the temporary folder of the run', async () => {
  expect((await stat(folder)).isDirectory()).toBe(true);
  expect(tmpdir()).toBe(process.env[TEST_TMPDIR]);
  expect(leftBehind(tmpdir())).toContain(folder.slice(tmpdir().length + 1));
});

it('clears away what a hook registered, the last first, also when one fails', async () => {
  afterTestFile(() => done.push('after a failure'));
  afterTestFile(() => {
    throw new Error('no');
  });
  await expect(cleanUp()).rejects.toThrow('no');
  expect(done).toEqual(['after a failure', 'registered last', 'registered first']);
  await expect(stat(folder)).rejects.toThrow('ENOENT');
  expect(leftBehind(tmpdir())).not.toContain(folder.slice(tmpdir().length + 1));
});

it('names what is left, and leaves out what tools keep for their next run', async () => {
  const made = await testFolder();
  await mkdir(join(made, 'node-compile-cache'));
  await mkdir(join(made, 'b'));
  await mkdir(join(made, 'a'));
  expect(leftBehind(made)).toEqual(['a', 'b']);
  expect(leftBehind(undefined)).toEqual([]);
});
