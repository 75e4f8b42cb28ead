import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../log/index.ts';
import { createApp } from '../index.ts';

async function listening(closePatienceMs: number): Promise<FastifyInstance> {
  const app = await createApp({
    log: createLogger({ level: 'silent' }),
    version: '1',
    publicUrl: 'http://localhost',
    closePatienceMs,
  });
  app.get('/slow', () => new Promise(() => {}));
  app.get('/quick', async () => {
    // Closing begins while this call is under way, so that its connection becomes idle only afterwards.
    void app.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    return 'done';
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app;
}

async function open(app: FastifyInstance, request: string): Promise<Socket> {
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(request);
  return socket;
}

describe('closing', () => {
  it('answers the call that is under way, and does not wait until its connection has been silent for long', async () => {
    const app = await listening(60_000);
    const socket = await open(app, 'GET /quick HTTP/1.1\r\nhost: a\r\n\r\n');
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk));
    await once(socket, 'close');
    await app.close();
    expect(answer).toContain('done');
  });

  it('cuts off what does not end in time: a call, and a connection that never sent one', async () => {
    const app = await listening(100);
    const sockets = [await open(app, 'GET /slow HTTP/1.1\r\nhost: a\r\n\r\n'), await open(app, '')];
    const closed = Promise.all(sockets.map((socket) => once(socket, 'close')));
    await app.close();
    await closed;
    expect(app.server.listening).toBe(false);
  });
});
