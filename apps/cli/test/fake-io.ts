import { fileURLToPath } from 'node:url';
import type { Io } from '../io.ts';
import { textsIn } from '../output/texts.ts';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const texts = await textsIn('en');

export interface FakeIo extends Io {
  readonly written: { out: string; err: string };
}

/** A world without terminal and environment that keeps what is written. */
export function fakeIo(env: Record<string, string> = {}): FakeIo {
  const written = { out: '', err: '' };
  return {
    env,
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    colour: false,
    now: () => new Date('2026-03-02T11:00:00Z'),
    signal: new AbortController().signal,
    root: ROOT,
    cwd: ROOT,
    texts,
    written,
  };
}
