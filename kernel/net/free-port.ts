import { createServer } from 'node:net';

const FIRST = 10_000;
const COUNT = 20_000;
const ATTEMPTS = 50;

/**
 * A port of the loopback address that nobody listens on now, for what must know its port before it listens. Drawn below the
 * ports that systems give to outgoing connections (32768 and up on Linux, 49152 on others), so that none of those takes it in
 * the meantime, or between a stop and the next start.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
  throw new Error('no free port');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
