import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MaskinportenOptions } from '../src/client-options.ts';
import { createTokenSource } from '../src/token-source.ts';
import { createSigner } from './test-signer.ts';

describe('tokens', () => {
  let server: Server;
  let options: MaskinportenOptions;
  let forms: URLSearchParams[];
  let answer: (response: ServerResponse) => void;

  beforeEach(async () => {
    forms = [];
    let issued = 0;
    answer = (response) => json(response, 200, { access_token: `token-${++issued}`, expires_in: 120 });
    server = createServer(async (request, response) => {
      forms.push(new URLSearchParams(await bodyOf(request)));
      answer(response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { privateKeyPem, certificatePem } = await createSigner();
    const tokenEndpoint = `http://127.0.0.1:${(server.address() as { port: number }).port}/token`;
    options = {
      issuer: 'https://issuer.example/',
      tokenEndpoint,
      clientId: 'klient',
      privateKeyPem,
      certificatePem,
    };
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('are asked for with an assertion of two minutes', async () => {
    await createTokenSource({ ...options, consumerOrg: '987654321' }).token();
    expect(forms[0]!.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const [head, claims] = forms[0]!
      .get('assertion')!
      .split('.')
      .map((part, at) => (at < 2 ? JSON.parse(Buffer.from(part, 'base64url').toString()) : part));
    expect(head).toMatchObject({ alg: 'RS256', x5c: [expect.any(String)] });
    expect(claims).toMatchObject({
      iss: 'klient',
      aud: 'https://issuer.example/',
      scope: 'ks:fiks',
      consumer_org: '987654321',
      jti: expect.any(String),
    });
    expect(claims.exp - claims.iat).toBe(120);
  });

  it('are kept until 10 s before they expire, shared by calls at the same time, and renewed when refused', async () => {
    let now = Date.now();
    const source = createTokenSource(options, { now: () => now, elapsedMs: () => now });
    expect(await Promise.all([source.token(), source.token()])).toEqual(['token-1', 'token-1']);
    now += 109_000;
    expect(await source.token()).toBe('token-1');
    now += 2000;
    expect(await source.token()).toBe('token-2');
    expect(await source.token({ fresh: true })).toBe('token-3');
    expect(await source.token()).toBe('token-3');
  });

  it('tell why there is none, and are asked for again', async () => {
    const source = createTokenSource({ ...options, timeoutMs: 300 });
    const good = answer;
    answer = (response) => json(response, 400, { error: 'invalid_grant', error_description: 'Expired' });
    await expect(source.token()).rejects.toMatchObject({
      code: 'no_token',
      status: 400,
      message: 'The token endpoint answered 400 invalid_grant: Expired',
    });
    answer = (response) => json(response, 200, { token_type: 'Bearer' });
    await expect(source.token()).rejects.toMatchObject({ code: 'no_token', status: 200 });
    answer = () => {};
    await expect(source.token()).rejects.toMatchObject({ code: 'no_token', status: undefined });
    answer = good;
    expect(await source.token()).toBe('token-1');
  });

  it('need a key that can be used', async () => {
    await expect(createTokenSource({ ...options, privateKeyPem: 'x' }).token()).rejects.toMatchObject({
      code: 'bad_options',
    });
    expect(forms).toEqual([]);
    expect(await createTokenSource(async () => 'own').token()).toBe('own');
  });
});

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}
