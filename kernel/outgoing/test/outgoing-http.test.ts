import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOutgoingHttp, OutgoingFailure, type OutgoingHttp, parseJson } from '../index.ts';

type Turn = (request: IncomingMessage, response: ServerResponse) => void;
const answer =
  (status: number, text = '{}', headers = {}): Turn =>
  (_, response) =>
    void response.writeHead(status, headers).end(text);
const hangUp: Turn = (request) => void request.socket.destroy();
const never: Turn = () => {};

describe('outgoing calls', () => {
  const turns: Turn[] = [];
  const asked: { path: string | undefined; token: string | undefined; text: string }[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    try {
      for await (const chunk of request) text += chunk;
    } catch {
      return;
    }
    asked.push({ path: request.url, token: request.headers.authorization, text });
    (turns.shift() ?? answer(200))(request, response);
  });
  const made: OutgoingHttp[] = [];
  let baseUrl: string;

  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tjeneste/`;
  });
  beforeEach(() => {
    turns.length = 0;
    asked.length = 0;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await Promise.all(made.map((http) => http.close()));
    await new Promise((done) => server.close(done));
  });

  function open(options: Omit<Parameters<typeof createOutgoingHttp>[0], 'baseUrl'> = {}): OutgoingHttp {
    const http = createOutgoingHttp({ baseUrl, ...options });
    made.push(http);
    return http;
  }
  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => expect.unreachable('was answered'),
      (error: unknown) => {
        expect(error).toBeInstanceOf(OutgoingFailure);
        return (error as OutgoingFailure).kind;
      },
    );
  const question = { method: 'POST', path: '/spor?x=1', body: '{"a":1}', repeatable: true } as const;

  it('keeps the path of the base address, and tells status, text and when to come again', async () => {
    turns.push(answer(429, 'nei', { 'retry-after': '17' }));
    expect(await open().request({ method: 'GET', path: '/brev' })).toEqual({
      status: 429,
      text: 'nei',
      retryAfterSeconds: 17,
    });
    expect(asked).toEqual([{ path: '/tjeneste/brev', token: undefined, text: '' }]);
  });

  it('asks a question again after a broken connection or from a gateway, and nothing else', async () => {
    turns.push(hangUp, answer(503));
    expect((await open().request(question)).status).toBe(200);
    expect(asked.map(({ text }) => text)).toEqual(['{"a":1}', '{"a":1}', '{"a":1}']);
    asked.length = 0;
    turns.push(answer(500));
    expect((await open().request(question)).status).toBe(500);
    expect(asked).toHaveLength(1);
    asked.length = 0;
    turns.push(hangUp);
    expect(await failureOf(open().request({ ...question, repeatable: false }))).toBe('connection');
    expect(asked).toHaveLength(1);
  });

  it('gives up after three attempts', async () => {
    turns.push(answer(502), answer(504), answer(503, 'sist'), answer(200));
    expect(await open().request(question)).toMatchObject({ status: 503, text: 'sist' });
    expect(asked).toHaveLength(3);
  });

  it('fetches a fresh token once when the one it held is refused, and only if there is another', async () => {
    const wishes: boolean[] = [];
    const http = open({
      token: ({ fresh }) => {
        wishes.push(fresh);
        return fresh ? 'ny' : 'gammel';
      },
    });
    turns.push(answer(401));
    expect((await http.request(question)).status).toBe(200);
    expect(wishes).toEqual([false, true]);
    expect(asked.map(({ token }) => token)).toEqual(['Bearer gammel', 'Bearer ny']);
    asked.length = 0;
    turns.push(answer(401), answer(200));
    expect((await open({ token: () => 'den samme' }).request(question)).status).toBe(401);
    turns.length = 0;
    turns.push(answer(401), answer(200));
    expect((await http.request({ ...question, token: 'egen' })).status).toBe(401);
    expect(asked).toHaveLength(2);
  });

  it('names what there was instead of an answer', async () => {
    const limits = { totalTimeoutMs: 300, maxResponseBytes: 1000 };
    const http = open({ limits });
    turns.push(answer(200, 'x'.repeat(1001)), never);
    expect(await failureOf(http.request(question))).toBe('oversize');
    expect(asked).toHaveLength(1);
    expect(await failureOf(http.request(question))).toBe('timeout');
    expect(asked).toHaveLength(2);
    turns.push(never);
    const stopping = AbortSignal.timeout(50);
    expect(await failureOf(http.request({ ...question, signal: stopping }))).toBe('aborted');
    expect(await failureOf(http.request({ ...question, signal: AbortSignal.abort() }))).toBe('aborted');
    const issuerDown = open({ token: () => Promise.reject(new Error('down')) });
    expect(await failureOf(issuerDown.request({ ...question, repeatable: false }))).toBe('authorisation');
  });

  it('throws the error of a stream that could not be read as it is', async () => {
    const broken = new Error('the document is gone');
    const body = (async function* () {
      yield Buffer.from('a');
      throw broken;
    })();
    await expect(open().request({ method: 'POST', path: '/', body })).rejects.toBe(broken);
  });

  it('follows no redirect: a service does not choose where its questions go', async () => {
    turns.push(answer(302, '', { location: 'http://127.0.0.1:1/' }));
    expect((await open().request({ method: 'GET', path: '/' })).status).toBe(302);
    expect(asked).toHaveLength(1);
  });

  it('reads JSON without quoting what is none', () => {
    expect(parseJson('{"a":1}')).toEqual({ a: 1 });
    expect(parseJson('<html>10915596784')).toBeUndefined();
  });
});
