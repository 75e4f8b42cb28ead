import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KernelError } from '../../errors/index.ts';
import { createLogger } from '../../log/index.ts';
import { createApp, createMetrics, registerFace, toAppError } from '../index.ts';

const withCode = (code: string) => Object.assign(new Error('raw'), { code });

describe('what is away or full', () => {
  it.each([
    ['53100', 507],
    ['ENOSPC', 507],
    ['EDQUOT', 507],
    ['53300', 503],
    ['57P03', 503],
    ['57P01', 503],
    ['25006', 503],
    ['08006', 503],
    ['58030', 503],
    ['ECONNREFUSED', 503],
    ['EROFS', 503],
    ['EACCES', 503],
    ['EMFILE', 503],
    ['23505', 500],
    ['ENOENT', 500],
  ])('%s is %i, under every cause', (code, status) => {
    expect(toAppError(withCode(code)).status).toBe(status);
    expect(toAppError(new Error('while storing', { cause: withCode(code) })).status).toBe(status);
  });

  it('knows the database library’s own words, and leaves an error that has a name', () => {
    for (const text of ['Connection terminated unexpectedly', 'timeout exceeded when trying to connect'])
      expect(toAppError(new Error(text)).code).toBe('kernel.unavailable');
    const named = KernelError.conflict({ cause: withCode('53100') });
    expect(toAppError(named)).toBe(named);
    expect(toAppError(new Error('bug')).code).toBe('kernel.internal');
  });

  describe('over HTTP', () => {
    let app: Awaited<ReturnType<typeof createApp>>;
    beforeAll(async () => {
      app = await createApp({ log: createLogger({ level: 'silent' }), version: '0', publicUrl: 'http://x' });
      const fail = async (request: { query: unknown }) => {
        throw withCode((request.query as { code: string }).code);
      };
      app.get('/own', fail);
      await registerFace(
        app,
        { name: 'f', prefix: '/face', errorBody: (error) => ({ body: { c: error.code } }) },
        (scope) => {
          scope.get('/own', fail);
        },
      );
    });
    afterAll(() => app?.close());

    it.each(['/own', '/face/own'])('%s says when to come again', async (path) => {
      for (const [code, status] of [
        ['53100', 507],
        ['57P03', 503],
      ] as const) {
        const answer = await app.inject({ url: `${path}?code=${code}` });
        expect([answer.statusCode, answer.headers['retry-after']]).toEqual([status, '30']);
      }
      const fault = await app.inject({ url: `${path}?code=23505` });
      expect([fault.statusCode, fault.headers['retry-after']]).toEqual([500, undefined]);
    });
  });
});

it('metrics leave out what cannot be read, and keep the rest', async () => {
  const metrics = createMetrics();
  metrics.gauge('broken', 'x', [], async () => {
    throw withCode('53100');
  });
  metrics.gauge('whole', 'x', [], async () => [{ labels: {}, value: 7 }]);
  const text = await metrics.registry.metrics();
  expect(text).toContain('whole 7');
  expect(text).not.toMatch(/^broken \d/m);
});
