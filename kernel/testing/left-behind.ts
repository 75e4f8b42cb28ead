import { readdirSync } from 'node:fs';

/** Where a run of tests has its temporary folder: `TMPDIR` of all its processes, set by `global-setup.ts`. */
export const TEST_TMPDIR = 'GRUNNMUR_TEST_TMPDIR';

/** Node.js keeps compiled code there when a tool asks for it; it is of use to the next run and nobody's test makes it. */
const TOOLS = new Set(['node-compile-cache']);

/** Names of what lies in `folder` after a run, sorted: tests clear away what they make. None when there is no folder. */
export function leftBehind(folder: string | undefined): string[] {
  if (!folder) return [];
  return readdirSync(folder)
    .filter((name) => !TOOLS.has(name))
    .sort();
}
