import { fileURLToPath } from 'node:url';
import type { World } from './io.ts';
import { runCli } from './run-cli.ts';

const interrupted = new AbortController();
process.once('SIGINT', () => {
  interrupted.abort();
  // A second Ctrl-C means now, whatever still runs.
  process.once('SIGINT', () => process.exit(130));
});

// `grunnmur … | head` closes our output early; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const world: World = {
  env: process.env,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  colour: process.stdout.isTTY === true && !process.env.NO_COLOR,
  now: () => new Date(),
  signal: interrupted.signal,
  root: fileURLToPath(new URL('../../', import.meta.url)),
  cwd: process.cwd(),
};

process.exitCode = await runCli(process.argv.slice(2), world);
