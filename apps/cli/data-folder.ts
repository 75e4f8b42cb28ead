import { join, resolve } from 'node:path';
import type { CommonOptions, Io } from './io.ts';

/** `--data`, else `GRUNNMUR_DATA`, else the folder that `npm start` uses. */
export function dataFolder(io: Io, options: CommonOptions): string {
  const named = options.data ?? io.env.GRUNNMUR_DATA;
  return named ? resolve(io.cwd, named) : join(io.root, 'data');
}
