import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FastifyPluginAsync, fastify } from 'fastify';

const cleanups: (() => Promise<unknown>)[] = [];

/** Registers work for `cleanUp`, last registered first. */
export function cleanup(work: () => Promise<unknown>): void {
  cleanups.push(work);
}

/** Each test file hands this to its own `afterEach`: a hook made here would belong to the first file only. */
export async function cleanUp(): Promise<void> {
  for (const work of cleanups.splice(0).reverse()) await work();
}

/** Serves a simulator over real HTTP on a free loopback port; closed after the test. */
export async function serve(plugin: FastifyPluginAsync, prefix = ''): Promise<string> {
  const app = fastify({ forceCloseConnections: true });
  await app.register(plugin, { prefix });
  await app.listen({ host: '127.0.0.1', port: 0 });
  cleanup(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  return `http://127.0.0.1:${port}${prefix}`;
}

/** A server that only takes what it is sent and never answers. */
export async function silentServer(): Promise<string> {
  const server: Server = createServer((request) => request.resume());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export const TOKEN = 'good-token';
export const authorise = (token: string) => token === TOKEN;
export const token = () => TOKEN;

/** The error a promise was rejected with; fails when it was not. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => {
      throw new Error('expected a rejection');
    },
    (error: unknown) => error,
  );
}
