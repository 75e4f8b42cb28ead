import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../log/index.ts';
import { createApp, whenSent } from '../index.ts';

const CHUNK = Buffer.alloc(64 * 1024, 'x');

describe('whenSent', () => {
  let app: Awaited<ReturnType<typeof createApp>>;
  let base: string;
  let sent: string[];
  let failed: string[];

  beforeAll(async () => {
    app = await createApp({
      log: createLogger({ level: 'silent' }),
      version: '0',
      publicUrl: 'http://127.0.0.1',
    });
    const answer = (name: string, body: () => Readable) =>
      app.get(`/${name}`, async (request: FastifyRequest, reply: FastifyReply) => {
        const source = body();
        whenSent(request, reply, source, {
          sent: async () => void sent.push(name),
          failed: async () => void failed.push(name),
        });
        reply.headers({
          'content-type': 'application/pdf',
          'content-disposition': 'attachment; filename="brev.pdf"',
          etag: '"1"',
        });
        return reply.send(source);
      });
    answer('whole', () => Readable.from([CHUNK, CHUNK]));
    answer('empty', () => Readable.from([]));
    answer('fails-first', () => Readable.from(breaking(0)));
    answer('fails-later', () => Readable.from(breaking(20)));
    answer('endless', () => Readable.from(forever()));
    await app.listen({ host: '127.0.0.1', port: 0 });
    base = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  });
  afterAll(() => app?.close());

  const get = async (name: string) => {
    sent = [];
    failed = [];
    return fetch(`${base}/${name}`);
  };

  it('counts a body that was sent to its last byte, once', async () => {
    for (const name of ['whole', 'empty']) {
      await (await get(name)).arrayBuffer();
      await vi.waitFor(() => expect(sent).toEqual([name]));
      expect(failed).toEqual([]);
    }
  });

  it('counts nothing when an error took the place of the body, and the error has its own headers', async () => {
    const answer = await get('fails-first');
    expect(answer.status).toBe(500);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.headers.get('content-disposition')).toBeNull();
    expect(answer.headers.get('etag')).toBeNull();
    expect(await answer.json()).toMatchObject({ code: 'kernel.internal' });
    await vi.waitFor(() => expect(failed).toEqual(['fails-first']));
    expect(sent).toEqual([]);
  });

  it('counts nothing when the body fails after bytes have gone out', async () => {
    await expect(get('fails-later').then((answer) => answer.arrayBuffer())).rejects.toThrow();
    await vi.waitFor(() => expect(failed).toEqual(['fails-later']));
    expect(sent).toEqual([]);
  });

  it('counts nothing when the reader hangs up, and ends the body', async () => {
    sent = [];
    failed = [];
    closed = false;
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    socket.write('GET /endless HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'data');
    socket.destroy();
    await vi.waitFor(() => expect(closed).toBe(true));
    expect([sent, failed]).toEqual([[], []]);
  });
});

let closed = false;

async function* breaking(after: number) {
  for (let nr = 0; nr < after; nr++) yield CHUNK;
  throw new Error('the disk has a hole');
}

async function* forever() {
  try {
    for (;;) yield CHUNK;
  } finally {
    closed = true;
  }
}
