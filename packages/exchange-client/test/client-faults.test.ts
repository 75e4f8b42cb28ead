import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { createExchangeClient, type ExchangeClient, isTemporary } from '../src/index.ts';
import { pauseMs } from '../src/subscribe.ts';
import { createSigner } from './test-signer.ts';

const KONTO = '11111111-1111-4111-8111-111111111111';

/** Services that misbehave in ways that a whole platform does not. */
describe('faults of the service', () => {
  let server: Server | undefined;
  let client: ExchangeClient | undefined;

  async function start(listener: RequestListener, token = async () => 'token'): Promise<ExchangeClient> {
    server = createServer(listener);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const signer = await createSigner();
    client = createExchangeClient({
      api: { scheme: 'http', host: '127.0.0.1', port: (server.address() as { port: number }).port },
      token,
      integrasjonId: KONTO,
      integrasjonPassord: ' hemmelig ',
      kontoId: KONTO,
      signer,
      timeouts: { answerMs: 500, idleMs: 500 },
    });
    return client;
  }
  afterEach(async () => {
    server?.closeAllConnections();
    server?.close();
    await client?.close();
  });

  it.each([
    [400, 'rejected', false],
    [401, 'unauthorized', false],
    [403, 'forbidden', false],
    [404, 'not_found', false],
    [410, 'not_found', false],
    [413, 'too_large', false],
    [500, 'unavailable', true],
    [503, 'unavailable', true],
  ])('%i is %s', async (status, code, temporary) => {
    const made = await start((_request, response) =>
      response.writeHead(status).end(JSON.stringify({ status, message: 'Fordi' })),
    );
    const error = await made.send({ to: KONTO, type: 'x' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, status, message: `The service answered ${status}: Fordi` });
    expect((error as { body: string }).body).toContain('Fordi');
    expect(isTemporary(error)).toBe(temporary);
  });

  it('only 202 means accepted, and an answer that is no JSON is told as it is', async () => {
    const made = await start((_request, response) => response.writeHead(200).end('{}'));
    await expect(made.send({ to: KONTO, type: 'x' })).rejects.toMatchObject({ status: 200 });
    await expect(made.katalog.status(KONTO)).resolves.toEqual({});
    server!
      .removeAllListeners('request')
      .on('request', (_request, response) => response.writeHead(202).end('<html>'));
    await expect(made.send({ to: KONTO, type: 'x' })).rejects.toMatchObject({
      code: 'unavailable',
      body: '<html>',
    });
  });

  it('nobody answers, in time or at all', async () => {
    const made = await start(() => {});
    await expect(made.katalog.konto(KONTO)).rejects.toMatchObject({ code: 'timeout' });
    await expect(made.katalog.konto(KONTO, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
      code: 'aborted',
    });
    server!.closeAllConnections();
    server!.close();
    await expect(made.katalog.konto(KONTO)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('an answer that stops half way', async () => {
    const made = await start((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"a":');
    });
    await expect(made.katalog.konto(KONTO)).rejects.toMatchObject({ code: 'timeout' });
  });

  it('a refused token is renewed once, and the login is sent as it should be', async () => {
    const seen: (string | undefined)[] = [];
    let issued = 0;
    const made = await start(
      (request, response) => {
        seen.push(request.headers.authorization);
        expect(request.headers).toMatchObject({ integrasjonid: KONTO, integrasjonpassord: 'hemmelig' });
        if (seen.length === 1) response.writeHead(401).end();
        else response.writeHead(200).end('{"gyldigMottaker":true}');
      },
      async () => `token-${++issued}`,
    );
    expect(await made.katalog.status(KONTO)).toEqual({ gyldigMottaker: true });
    expect(seen).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('a refusal before the whole message is read comes through, and the key is asked for without login', async () => {
    const { certificatePem } = await createSigner();
    let logins = 0;
    const made = await start((request, response) => {
      if (request.url!.endsWith('/offentligNokkel')) {
        if (request.headers.authorization) logins++;
        return response.writeHead(200).end(JSON.stringify({ nokkel: certificatePem, valid: true }));
      }
      response.writeHead(403).end('{"message":"Nei"}');
    });
    const files = [{ name: 'a.bin', content: Readable.from(megabytes(20)) }];
    await expect(made.send({ to: KONTO, type: 'x', files })).rejects.toMatchObject({ code: 'forbidden' });
    expect(logins).toBe(0);
  });

  it('a key that is not valid stops the message before anything is sent', async () => {
    const paths: string[] = [];
    const made = await start((request, response) => {
      paths.push(request.url!);
      response.writeHead(200).end(JSON.stringify({ nokkel: 'x', valid: false, statusMessage: 'Utløpt' }));
    });
    const files = [{ name: 'a.txt', content: Buffer.from('a') }];
    await expect(made.send({ to: KONTO, type: 'x', files })).rejects.toMatchObject({
      code: 'no_public_key',
      message: expect.stringContaining('Utløpt'),
    });
    expect(paths).toEqual([`/fiks-io/katalog/api/v1/kontoer/${KONTO}/offentligNokkel`]);
  });

  it('a closed client does nothing more', async () => {
    const made = await start((_request, response) => response.writeHead(200).end('{}'));
    await made.close();
    await expect(made.send({ to: KONTO, type: 'x' })).rejects.toMatchObject({ code: 'closed' });
    await expect(made.subscribe(() => {})).rejects.toMatchObject({ code: 'closed' });
    client = undefined;
  });
});

it('pauses double up to a minute, and are never the same for all', () => {
  for (const [attempt, step] of [
    [0, 1000],
    [1, 2000],
    [5, 32_000],
    [6, 60_000],
    [1000, 60_000],
  ] as const) {
    const pauses = Array.from({ length: 50 }, () => pauseMs(attempt));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(step / 2);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(step);
    expect(new Set(pauses).size).toBeGreaterThan(1);
  }
});

function* megabytes(count: number): Generator<Buffer> {
  for (let at = 0; at < count; at++) yield Buffer.alloc(1_000_000, at);
}
