import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export interface Assets {
  readonly css: string;
  readonly icon: string;
  readonly font: string;
  readonly files: ReadonlyMap<string, AssetFile>;
}

interface AssetFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzip?: Buffer;
  readonly brotli?: Buffer;
}

/** The parts of Designsystemet that the pages use; the whole would more than double the style sheet. */
const DS_PARTS = [
  'base',
  'button',
  'heading',
  'label',
  'link',
  'paragraph',
  'input',
  'field',
  'details',
  'tag',
];
const FONT = '@fontsource-variable/figtree/files/figtree';
const PREFIX = '/stil/';

const resolveFile = createRequire(import.meta.url).resolve;

/**
 * Reads style sheet, fonts and icon into memory once, under names with a hash of the content: browsers may keep them
 * for a year, and a changed file has a new name.
 */
export async function loadAssets(): Promise<Assets> {
  const files = new Map<string, AssetFile>();
  const add = (name: string, ending: string, file: AssetFile): string => {
    const hash = createHash('sha256').update(file.plain).digest('base64url').slice(0, 12);
    const path = `${PREFIX}${name}.${hash}.${ending}`;
    files.set(path, file);
    return path;
  };
  const font = async (subset: string): Promise<string> => {
    const plain = await readFile(resolveFile(`${FONT}-${subset}-wght-normal.woff2`));
    return add(`skrift-${subset}`, 'woff2', { type: 'font/woff2', plain });
  };
  const latin = await font('latin');
  const latinExt = await font('latin-ext');
  const css = await styleSheet({ latin, latinExt });
  const icon = await readFile(new URL('../styles/icon.svg', import.meta.url));
  return {
    css: add('grunnmur', 'css', compressed('text/css; charset=utf-8', css)),
    icon: add('ikon', 'svg', compressed('image/svg+xml', icon)),
    font: latin,
    files,
  };
}

/** Serves the files of {@link loadAssets}. */
export function registerAssets(scope: FastifyInstance, assets: Assets): void {
  scope.get(`${PREFIX}:file`, (request, reply) => {
    const file = assets.files.get(request.url.split('?', 1)[0] ?? '');
    if (!file) return reply.callNotFound();
    return sendAsset(request, reply, file);
  });
}

function sendAsset(request: FastifyRequest, reply: FastifyReply, file: AssetFile): FastifyReply {
  const accepted = request.headers['accept-encoding'] ?? '';
  reply
    .type(file.type)
    .headers({ 'cache-control': 'public, max-age=31536000, immutable', vary: 'Accept-Encoding' });
  if (file.brotli && /\bbr\b/.test(accepted)) return reply.header('content-encoding', 'br').send(file.brotli);
  if (file.gzip && /\bgzip\b/.test(accepted)) return reply.header('content-encoding', 'gzip').send(file.gzip);
  return reply.send(file.plain);
}

function compressed(type: string, plain: Buffer): AssetFile {
  return { type, plain, gzip: gzipSync(plain, { level: 9 }), brotli: brotliCompressSync(plain) };
}

async function styleSheet(fonts: { latin: string; latinExt: string }): Promise<Buffer> {
  const parts = await Promise.all([
    readFile(resolveFile('@digdir/designsystemet-theme'), 'utf8'),
    ...DS_PARTS.map((part) => readFile(resolveFile(`@digdir/designsystemet-css/${part}.css`), 'utf8')),
    ...[
      'base',
      'layout',
      'senders',
      'inbox',
      'letter',
      'timeline',
      'insight',
      'messages',
      'sessions',
      'print',
    ].map((name) => readFile(new URL(`../styles/${name}.css`, import.meta.url), 'utf8')),
  ]);
  // A style sheet's own @charset must come first in a file; the pages are UTF-8 anyway.
  const sheet = parts.map((part) => part.replace(/^@charset "UTF-8";\s*/i, '')).join('\n');
  return Buffer.from(`${fontFaces(fonts)}\n${sheet}`);
}

/** Latin covers Norwegian; the extended file is fetched only for pages with letters such as č, đ, ŋ, š, ŧ, ž. */
function fontFaces(fonts: { latin: string; latinExt: string }): string {
  const face = (url: string, range: string): string =>
    `@font-face{font-family:Figtree;font-style:normal;font-display:swap;font-weight:200 800;` +
    `src:url(${url}) format('woff2');unicode-range:${range}}`;
  return [
    face(
      fonts.latinExt,
      'U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+1E00-1EFF,U+20A0-20AB',
    ),
    face(fonts.latin, 'U+0000-00FF,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2212'),
  ].join('\n');
}
