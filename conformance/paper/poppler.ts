import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Frame, Picture } from '@grunnmur/post/test/page-pictures';

const run = promisify(execFile);
const TIMEOUT_MS = 60_000;

export function hasPoppler(): boolean {
  return spawnSync('pdftoppm', ['-v'], { stdio: 'ignore' }).error === undefined;
}

/** Draws single pages with pdftoppm, a renderer that shares nothing with PDFium. */
export async function openPoppler(bytes: Uint8Array) {
  const folder = await mkdtemp(join(tmpdir(), 'grunnmur-paper-'));
  const file = join(folder, 'file.pdf');
  await writeFile(file, bytes, { mode: 0o600 });
  return {
    /** Index from 0. Throws when poppler cannot draw the page. */
    async draw(index: number, frame: Frame): Promise<Picture> {
      const on = frame.page ?? { x: 0, y: 0, width: frame.width, height: frame.height };
      const page = String(index + 1);
      const size = ['-scale-to-x', String(on.width), '-scale-to-y', String(on.height)];
      const out = join(folder, 'page');
      await run(
        'pdftoppm',
        ['-gray', '-cropbox', '-f', page, '-l', page, ...size, '-singlefile', file, out],
        {
          timeout: TIMEOUT_MS,
        },
      );
      const drawn = readPgm(await readFile(`${out}.pgm`));
      return place(drawn, frame, on);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Binary PGM: `P5 <width> <height> 255` and one byte a pixel. */
function readPgm(bytes: Buffer): Picture {
  const header = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString('latin1', 0, 64));
  if (!header) throw new Error('pdftoppm wrote no grey picture');
  const [width, height] = [Number(header[1]), Number(header[2])];
  return { width, height, grey: bytes.subarray(header[0].length, header[0].length + width * height) };
}

function place(drawn: Picture, { width, height }: Frame, on: { x: number; y: number }): Picture {
  const grey = new Uint8Array(width * height).fill(255);
  for (let y = 0; y < drawn.height && on.y + y < height; y++) {
    const row = drawn.grey.subarray(y * drawn.width, y * drawn.width + Math.min(drawn.width, width - on.x));
    grey.set(row, (on.y + y) * width + on.x);
  }
  return { width, height, grey };
}
