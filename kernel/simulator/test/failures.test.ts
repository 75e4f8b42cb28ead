import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFailures, type Failure } from '../index.ts';

describe('failures on demand', () => {
  const app = Fastify();
  const any = createFailures({
    errorAnswer: (_request, reply, status) => reply.code(status).send({ feil: status }),
  });
  const sending = createFailures({ operation: 'send' });
  let taken = 0;
  let url: string;

  beforeAll(async () => {
    await app.register(
      async (scope) => {
        any.install(scope);
        scope.get('/x', async () => ({ ok: true }));
      },
      { prefix: '/any' },
    );
    await app.register(
      async (scope) => {
        sending.install(scope);
        scope.get('/send', { config: { operation: 'send' } }, async () => ({ taken: ++taken }));
        scope.get('/list', { config: { operation: 'list' } }, async () => ({ ok: true }));
      },
      { prefix: '/sending' },
    );
    await app.listen({ port: 0, host: '127.0.0.1' });
    url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    any.reset();
    sending.reset();
    taken = 0;
  });
  afterAll(() => app.close());

  const call = async (path: string) => {
    const response = await fetch(url + path).catch(() => undefined);
    return response ? { status: response.status, text: await response.text() } : 'no answer';
  };

  const OK = { status: 200, text: '{"ok":true}' };
  it.each<[Failure, unknown]>([
    [{ status: 500 }, { status: 500, text: '{"feil":500}' }],
    [{}, { status: 503, text: '{"feil":503}' }],
    [{ kind: 'reset' }, 'no answer'],
    [{ drop: true }, 'no answer'],
    [{ delayMs: 1 }, OK],
    [{ kind: 'slow', delayMs: 1 }, OK],
    [
      { delayMs: 1, status: 502 },
      { status: 502, text: '{"feil":502}' },
    ],
    [{ kind: 'malformed' }, { status: 200, text: '{"unexpected":[' }],
    [{ body: '{"annet":1}' }, { status: 200, text: '{"annet":1}' }],
    [
      { body: 'x', status: 418 },
      { status: 418, text: 'x' },
    ],
  ])('%j, once', async (failure, expected) => {
    any.fail(failure);
    expect(await call('/any/x')).toEqual(expected);
    expect(await call('/any/x')).toEqual(OK);
  });

  it('answers far too much, and says when to come again when there were too many calls', async () => {
    any.fail({ kind: 'oversize' });
    const huge = await fetch(`${url}/any/x`);
    expect((await huge.arrayBuffer()).byteLength).toBe(8 * 1024 * 1024);
    any.fail({ status: 429 });
    expect((await fetch(`${url}/any/x`)).headers.get('retry-after')).toBe('1');
    any.fail({ status: 429, headers: { 'retry-after': '60' } });
    expect((await fetch(`${url}/any/x`)).headers.get('retry-after')).toBe('60');
  });

  it('meets the operation that is meant, as many times as is said, in order', async () => {
    sending.fail({ times: 2 });
    sending.fail({ on: 'list', status: 500 });
    sending.fail({ status: 400 });
    expect(await call('/sending/list')).toMatchObject({ status: 500 });
    expect(await call('/sending/list')).toEqual(OK);
    const statuses = [];
    for (let nr = 0; nr < 4; nr++) statuses.push((await fetch(`${url}/sending/send`)).status);
    expect(statuses).toEqual([503, 503, 400, 200]);
    sending.fail({ times: Number.POSITIVE_INFINITY });
    for (let nr = 0; nr < 3; nr++) expect(await call('/sending/send')).toMatchObject({ status: 503 });
    sending.reset();
    expect(await call('/sending/send')).toMatchObject({ status: 200 });
  });

  it('loses the answer of a call that took effect', async () => {
    sending.fail({ kind: 'reset', accepted: true });
    expect(await call('/sending/send')).toBe('no answer');
    sending.fail({ status: 502, accepted: true });
    expect(await call('/sending/send')).toMatchObject({ status: 502 });
    expect(taken).toBe(2);
  });
});
