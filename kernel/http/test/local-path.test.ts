import Fastify from 'fastify';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { ADDRESS_PIECES, REDIRECT_PAYLOADS } from '../../testing/index.ts';
import { createApp } from '../create-app.ts';
import { localPath } from '../local-path.ts';
import { seeElsewhere, seeOther } from '../redirect.ts';
import { requestTarget } from '../request-target.ts';

const OURS = 'https://post.kommune.example';

/** Where a browser on one of our pages ends when it is sent `location`. */
const host = (location: string): string => new URL(location, `${OURS}/sprak/nn?til=x`).host;

/** Every text of up to four of the pieces that addresses are told apart by. */
function* generated(): Generator<string> {
  const all = ADDRESS_PIECES;
  for (const a of all)
    for (const b of all) {
      yield `/${a}${b}`;
      for (const c of all) {
        yield `/${a}${b}${c}`;
        yield `/${a}${b}${c}evil.example/x`;
      }
    }
}

describe('localPath', () => {
  it('lets the paths of this site through as they are', () => {
    for (const path of [
      '/',
      '/innsyn?fra=2026-01-01',
      '/brev/1/alt',
      '/a?til=//b',
      '/a%2f%2fb',
      '/a//b',
      '/@x',
      '/x:1',
    ])
      expect(localPath(path, '/fallback'), path).toBe(path);
    expect(localPath('/a/../innboks#her', '/fallback')).toBe('/innboks');
  });

  it.each(REDIRECT_PAYLOADS)('%j stays on our host', (payload) => {
    const path = localPath(payload, '/fallback');
    expect(host(path)).toBe(new URL(OURS).host);
    expect(path).toMatch(/^\/(?!\/)/);
  });

  it('takes nothing but text', () => {
    for (const value of [
      7,
      undefined,
      null,
      ['/innboks', '//evil'],
      { toString: () => '/x' },
      `/${'x'.repeat(1000)}`,
    ])
      expect(localPath(value, '/fallback')).toBe('/fallback');
  });

  it('keeps every combination of what addresses are told apart by on our host', () => {
    let tried = 0;
    for (const value of generated()) {
      tried++;
      const path = localPath(value, '/fallback');
      if (host(path) !== new URL(OURS).host || !/^\/(?!\/)/.test(path))
        expect.fail(`${JSON.stringify(value)} → ${path}`);
    }
    expect(tried).toBeGreaterThan(5000);
  });
});

describe('redirects', () => {
  it('end on our host whatever is given, and elsewhere only when that is asked for', async () => {
    const app = Fastify();
    app.get<{ Querystring: { til: string } }>('/her', (request, reply) =>
      seeOther(reply, request.query.til, '/hjem'),
    );
    app.get('/der', (_request, reply) => seeElsewhere(reply, new URL('https://login.example/x?y=1')));
    for (const payload of REDIRECT_PAYLOADS) {
      const answer = await app.inject({ url: '/her', query: { til: payload } });
      expect(answer.statusCode).toBe(303);
      expect(host(String(answer.headers.location)), payload).toBe(new URL(OURS).host);
    }
    expect((await app.inject('/der')).headers.location).toBe('https://login.example/x?y=1');
    await app.close();
  });
});

describe('requestTarget', () => {
  it('takes the host out of a whole address, and leaves paths alone', () => {
    const cases = {
      'http://evil.example/logg-inn?til=/x': '/logg-inn?til=/x',
      'HTTPS://evil.example': '/',
      'http://evil.example?x=1': '/?x=1',
      'http://a@evil.example//b': '/b',
      '/logg-inn?til=http://x/y': '/logg-inn?til=http://x/y',
      '/100%': '/100%25',
      '*': '*',
    };
    for (const [target, path] of Object.entries(cases)) expect(requestTarget(target), target).toBe(path);
  });

  it('reads slashes in a row as one, but for the caller’s own text', () => {
    const cases = {
      '//tjenester//api///x': '/tjenester/api/x',
      '//evil.example/logg-inn': '/evil.example/logg-inn',
      '///': '/',
      '/a//b?til=//x//y': '/a/b?til=//x//y',
      '/a%2F%2Fb/%2f/c': '/a%2F%2Fb/%2f/c',
      '/a//100%': '/a/100%25',
      '/./..//b': '/./../b',
      '/ref/a//b': '/ref/a//b',
      '//ref//a//b': '/ref//a//b',
      '/refx//a': '/refx/a',
      '/x//ref/a//b': '/x/ref/a/b',
    };
    for (const [target, path] of Object.entries(cases))
      expect(requestTarget(target, ['/ref/']), target).toBe(path);
  });

  it('gives hooks, routes and redirects the one reading', async () => {
    const app = await createApp({ log: pino({ level: 'silent' }), version: '0', publicUrl: 'http://x' });
    await app.register(
      async (scope) => {
        scope.addHook('onRequest', async (request, reply) => {
          if (!request.headers.authorization) await reply.status(401).send({});
        });
        scope.get('/hemmelig', async (request) => request.url);
        scope.get('/tekst/*', { config: { ownText: 'tekst' } }, async (request) => request.url);
      },
      { prefix: '/lukket' },
    );
    app.get('/inn', (request, reply) => seeOther(reply, request.url));
    const get = (url: string, headers = {}) => app.inject({ url, headers });
    for (const url of ['//lukket/hemmelig', '/lukket//hemmelig', '//lukket///hemmelig?x=//'])
      expect([(await get(url)).statusCode, (await get(url, { authorization: 'x' })).statusCode], url).toEqual(
        [401, 200],
      );
    expect((await get('//lukket//tekst/a//b', { authorization: 'x' })).body).toBe('/lukket/tekst/a//b');
    for (const encoded of ['/%2Flukket/hemmelig', '/lukket%2F%2Fhemmelig'])
      expect((await get(encoded, { authorization: 'x' })).statusCode, encoded).toBe(404);
    expect((await get('//inn')).headers.location).toBe('/inn');
    await app.close();
  });
});
