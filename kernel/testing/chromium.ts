import { createReadStream, createWriteStream } from 'node:fs';
import { access, chmod, constants, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';

export interface FoundChromium {
  readonly executablePath: string;
  /** Where it was found, for the test log. */
  readonly source: 'CHROMIUM_PATH' | 'PATH' | '@sparticuz/chromium';
  /** Removes what was unpacked. */
  readonly dispose: () => Promise<void>;
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Arguments for a browser under test: quiet, offline, and able to run as root in a container. */
export const CHROMIUM_ARGS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/**
 * A Chromium for browser tests: `CHROMIUM_PATH`, then the system's own, then the one in the npm package
 * `@sparticuz/chromium` (Linux x64), unpacked to a temporary folder.
 *
 * Without one it throws in CI (`CI=true`): browser tests that silently vanish prove nothing. Elsewhere it says so in
 * capital letters and answers undefined. `packaged: false` leaves the npm package out.
 */
export async function findChromium(
  env: NodeJS.ProcessEnv = process.env,
  options: { packaged?: boolean } = {},
): Promise<FoundChromium | undefined> {
  const packaged = options.packaged ?? true;
  const found =
    (await fromVariable(env)) ?? (await fromPath(env)) ?? (packaged ? await fromPackage() : undefined);
  if (found) return found;
  const remedy =
    'No Chromium found. Install one (Debian: apt-get install chromium) or set CHROMIUM_PATH to its executable.';
  if (env.CI && env.CI !== 'false') throw new Error(remedy);
  console.warn(`\n*** BROWSER TESTS ARE SKIPPED ***\n${remedy}\n`);
  return undefined;
}

async function fromVariable(env: NodeJS.ProcessEnv): Promise<FoundChromium | undefined> {
  const path = env.CHROMIUM_PATH;
  if (!path) return undefined;
  if (!(await isExecutable(path))) throw new Error(`CHROMIUM_PATH is not an executable file: ${path}`);
  return { executablePath: path, source: 'CHROMIUM_PATH', dispose: async () => {} };
}

async function fromPath(env: NodeJS.ProcessEnv): Promise<FoundChromium | undefined> {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const name of NAMES) {
    for (const folder of folders) {
      const executablePath = join(folder, name);
      if (await isExecutable(executablePath))
        return { executablePath, source: 'PATH', dispose: async () => {} };
    }
  }
  return undefined;
}

/** The package holds the executable compressed with Brotli; its own unpacking would leave 200 MB in a fixed place. */
async function fromPackage(): Promise<FoundChromium | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const packed = packedChromium();
  if (!packed || !(await isReadable(packed))) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'grunnmur-chromium-'));
  const executablePath = join(folder, 'chromium');
  await pipeline(createReadStream(packed), createBrotliDecompress(), createWriteStream(executablePath));
  await chmod(executablePath, 0o700);
  const dispose = () => rm(folder, { recursive: true, force: true });
  return { executablePath, source: '@sparticuz/chromium', dispose };
}

function packedChromium(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
    return join(dirname(entry), '..', 'bin', 'chromium.br');
  } catch {
    return undefined;
  }
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function isReadable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}
