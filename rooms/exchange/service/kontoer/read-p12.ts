import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { KernelError } from '@grunnmur/kernel/errors';

const READER = fileURLToPath(new URL('./p12-reader.ts', import.meta.url));
const TIME_LIMIT_MS = 5_000;
const MAX_AT_ONCE = 2;

let running = 0;

/** The certificate in a PKCS#12 file, or undefined when file or password is no good. Throws `kernel.unavailable` (503). */
export async function readP12(pfx: Uint8Array, passord: string): Promise<string | undefined> {
  if (running >= MAX_AT_ONCE) throw KernelError.unavailable();
  running++;
  try {
    return await runReader(JSON.stringify({ pfx: Buffer.from(pfx).toString('base64'), passord }));
  } finally {
    running--;
  }
}

function runReader(input: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--max-old-space-size=64', READER],
      { timeout: TIME_LIMIT_MS, killSignal: 'SIGKILL', env: {}, maxBuffer: 65_536 },
      (error, stdout) => resolve(error ? undefined : stdout),
    );
    // A reader that ends early closes its end; its exit says what there is to say.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}
