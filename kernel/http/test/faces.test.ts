import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KernelError } from '../../errors/index.ts';
import { createLogger } from '../../log/index.ts';
import { createApp, createMetrics, decodeCursor, encodeCursor, problemBody, registerFace } from '../index.ts';

describe('faces', () => {
  let app: FastifyInstance;
  const lines: string[] = [];

  beforeAll(async () => {
    const destination = { write: (line: string) => lines.push(line) } as unknown as NodeJS.WritableStream;
    const log = createLogger({ level: 'info', destination });
    const metrics = createMetrics();
    app = await createApp({ log, version: '1', publicUrl: 'http://localhost', metrics, ratePerMinute: 40 });
    await registerFace(app, { name: 'own', prefix: '/own', errorBody: problemBody }, (scope) => {
      scope.post(
        '/letters',
        { schema: { tags: ['Own'], body: Type.Object({ title: Type.String({ maxLength: 5 }) }) } },
        async () => ({}),
      );
      scope.get('/broken', async () => {
        throw new Error('secret of 12345678901');
      });
      scope.get('/refused', async () => {
        throw KernelError.forbidden();
      });
    });
    await registerFace(
      app,
      {
        name: 'old',
        prefix: '/old',
        errorBody: (error) => ({ body: { errorcode: error.code, message: error.message } }),
      },
      (scope) => {
        scope.get('/refused', async () => {
          throw KernelError.forbidden();
        });
      },
    );
    app.get('/metrics', async () => metrics.registry.metrics());
    await app.ready();
  });
  afterAll(() => app.close());

  it('tells the limit of a body as a number', async () => {
    const payload = JSON.stringify({ title: 'x'.repeat(1_100_000) });
    const headers = { 'content-type': 'application/json' };
    const answer = await app.inject({ method: 'POST', url: '/own/letters', payload, headers });
    expect(answer.statusCode).toBe(413);
    expect(answer.json().title).toContain('(grense 1048576 byte)');
  });

  it('answers the same error in the shape of its face', async () => {
    const own = await app.inject('/own/refused');
    expect(own.statusCode).toBe(403);
    expect(own.headers['content-type']).toContain('application/problem+json');
    expect(own.json()).toMatchObject({
      code: 'kernel.forbidden',
      status: 403,
      traceId: own.headers['x-request-id'],
    });
    const old = await app.inject('/old/refused');
    expect(old.json()).toEqual({ errorcode: 'kernel.forbidden', message: 'Ingen tilgang' });
  });

  it('keeps unknown paths inside their face', async () => {
    expect((await app.inject('/old/nothing')).json()).toMatchObject({ errorcode: 'kernel.not_found' });
    expect((await app.inject('/old/%E6')).json()).toMatchObject({ errorcode: 'kernel.not_found' });
  });

  it('names field and rule of what fails validation', async () => {
    const answer = await app.inject({ method: 'POST', url: '/own/letters', payload: { title: 'too long' } });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      code: 'kernel.validation',
      errors: [{ field: 'title', rule: 'maxLength' }],
    });
    const missing = await app.inject({ method: 'POST', url: '/own/letters', payload: {} });
    expect(missing.json().errors).toEqual([{ field: 'title', rule: 'required', message: 'mangler' }]);
  });

  it.each([
    ['no JSON', '{"title":', 'application/json', 400],
    ['another type', 'title=x', 'application/x-www-form-urlencoded', 415],
    ['a body beyond the limit', JSON.stringify({ title: 'x'.repeat(1_100_000) }), 'application/json', 413],
  ])('refuses %s', async (_name, payload, type, status) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/own/letters',
      payload,
      headers: { 'content-type': type },
    });
    expect(answer.statusCode).toBe(status);
    expect(answer.json().status).toBe(status);
  });

  it('tells nobody what broke inside, and logs it once without the address', async () => {
    lines.length = 0;
    const answer = await app.inject('/own/broken?fnr=12345678901');
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('secret');
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('fnr=');
  });

  it('describes tagged routes in OpenAPI 3.1 and counts requests by pattern', async () => {
    const document = app.swagger() as { openapi: string; paths: Record<string, unknown> };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual(['/own/letters']);
    expect((await app.inject('/metrics')).body).toContain('route="/own/refused"');
  });

  it('limits the calls of one address', async () => {
    const statuses: number[] = [];
    for (let call = 0; call < 45; call++)
      statuses.push((await app.inject({ url: '/own/refused', remoteAddress: '10.0.0.9' })).statusCode);
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
  });
});

describe('cursors', () => {
  it('come back as they were, and nothing else is taken', () => {
    expect(decodeCursor(encodeCursor(['2026-01-01', 7]), 2)).toEqual(['2026-01-01', 7]);
    for (const bad of [
      '',
      'x',
      encodeCursor(['a']),
      Buffer.from('{}').toString('base64url'),
      Buffer.from('[[1],2]').toString('base64url'),
    ]) {
      expect(() => decodeCursor(bad, 2)).toThrow(/cursor/);
    }
  });
});
