import { describe, expect, it } from 'vitest';
import { startTestServer } from './harness.ts';

describe('the operator’s own listener', () => {
  it('has metrics and the reasons of health, which the public one then has not', async () => {
    const test = await startTestServer({ METRICS_PORT: '0' });
    try {
      const address = test.server.operationsAddress!;
      expect(await (await fetch(`${address}/metrics`)).text()).toContain('grunnmur_http_connections');
      expect(await (await fetch(`${address}/health/ready`)).json()).toMatchObject({
        status: 'ok',
        database: 'ok',
      });
      expect((await fetch(`${test.baseUrl}/metrics`)).status).toBe(404);
      expect(await (await fetch(`${test.baseUrl}/health/ready`)).json()).toEqual({ status: 'ok' });
      expect((await fetch(`${address}/api/openapi.json`)).status).toBe(404);
    } finally {
      await test.stop();
    }
  });
});
