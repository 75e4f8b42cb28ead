import { connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../log/index.ts';
import { createApp, problemBody, readMultipart, registerFace } from '../index.ts';

const B = 'grense42';

describe('multipart', () => {
  let app: FastifyInstance;
  let port: number;

  beforeAll(async () => {
    app = await createApp({
      log: createLogger({ level: 'silent' }),
      version: '0',
      publicUrl: 'http://localhost',
    });
    await registerFace(app, { name: 'test', prefix: '/test', errorBody: problemBody }, (scope) => {
      scope.post('/echo', async (request) => {
        const parts: unknown[] = [];
        for await (const part of readMultipart(request, {
          maxParts: 5,
          idleTimeoutMs: 300,
          totalTimeoutMs: 2000,
        })) {
          let size = 0;
          if (part.name !== 'skip') for await (const chunk of part.body) size += chunk.length;
          parts.push({ name: part.name, filename: part.filename, contentType: part.contentType, size });
        }
        return parts;
      });
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    port = (app.server.address() as { port: number }).port;
  });
  afterAll(() => app.close());

  const post = (body: Buffer | string, type = `multipart/form-data; boundary=${B}`) =>
    fetch(`http://127.0.0.1:${port}/test/echo`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: Buffer.from(body),
    });

  const part = (disposition: string | Buffer, body: string | Buffer, more = '') =>
    Buffer.concat([
      Buffer.from(`--${B}\r\nContent-Disposition: form-data; `),
      Buffer.from(disposition as string),
      Buffer.from(`\r\n${more}\r\n`),
      Buffer.from(body as string),
      Buffer.from('\r\n'),
    ]);
  const end = Buffer.from(`--${B}--\r\n`);

  it('reads names in UTF-8, in ISO-8859-1, extended and unquoted, and skips what is not read', async () => {
    const body = Buffer.concat([
      part('name=forsendelse', '{}', 'Content-Type: text/plain;charset=UTF-8\r\n'),
      part('name="filer"; filename="blåbær.pdf"', 'x'.repeat(200_000)),
      part(Buffer.from('name="filer"; filename="bl\xe5.pdf"', 'latin1'), 'abc'),
      part(`name="skip"; filename="a.pdf"; filename*=UTF-8''%C4%8D.pdf`, 'y'.repeat(300_000)),
      part('name="tom"; filename="a \\"b\\".pdf"', ''),
      end,
    ]);
    const answer = await post(body);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual([
      { name: 'forsendelse', contentType: 'text/plain;charset=UTF-8', size: 2 },
      { name: 'filer', filename: 'blåbær.pdf', size: 200_000 },
      { name: 'filer', filename: 'blå.pdf', size: 3 },
      { name: 'skip', filename: 'č.pdf', size: 0 },
      { name: 'tom', filename: 'a "b".pdf', size: 0 },
    ]);
  });

  it.each([
    ['no multipart', 'abc', 'text/plain', 'multipart.not_multipart'],
    ['no boundary', 'abc', 'multipart/form-data', 'multipart.not_multipart'],
    ['cut in a part', Buffer.concat([part('name="a"', 'abc')]), undefined, 'multipart.malformed'],
    ['nothing', '', undefined, 'multipart.malformed'],
    [
      'too many parts',
      Buffer.concat([...Array.from({ length: 6 }, () => part('name="a"', 'x')), end]),
      undefined,
      'multipart.too_many_parts',
    ],
  ])('refuses %s', async (_name, body, type, code) => {
    const answer = await post(body, type);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(await answer.json()).toMatchObject({ code });
  });

  it('gives up on a client that stops sending', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST /test/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\nContent-Type: multipart/form-data; boundary=${B}\r\n\r\n`,
    );
    socket.write(part('name="filer"; filename="a"', 'begin'));
    const answer = await new Promise<string>((resolve) =>
      socket.once('data', (data) => resolve(data.toString())),
    );
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1.1 408/);
  });
});
