import { samplePdf } from '@grunnmur/post/sample-pdf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './harness.ts';
import { expectHealthy, expectRefusal, leavesNothing, quiet } from './refusals.ts';
import { basic, partsOf, readAnswer, type SendFace, sendFaces, sendParts } from './send-faces.ts';
import { type TokenForge, tokenForge } from './signed-tokens.ts';

type Headers = Record<string, string>;

const FILE = { name: 'brev.pdf', bytes: samplePdf() };
const V1 = '/tjenester/api/forsendelse/v1';
const UNKNOWN = '00000000-0000-4000-8000-000000000000';
const UNAUTHENTICATED = { status: 401, code: 'IKKE_AUTENTISERT' } as const;

describe('callers who are not let in', () => {
  let test: TestServer;
  let v1: SendFace;
  let v2: SendFace;
  let forge: TokenForge;
  let good: Headers;
  let orgnr: string;

  beforeAll(async () => {
    test = await startTestServer();
    [v1, v2] = sendFaces(test) as [SendFace, SendFace];
    good = await v2.headers();
    forge = await tokenForge(test);
    orgnr = test.integration('Eksempel').orgnr;
  });
  afterAll(() => test.stop());

  const as = (face: SendFace, headers: Headers): SendFace => ({ ...face, headers: async () => headers });
  const send = (face: SendFace) => sendParts(face, partsOf(face.metadata({ files: [FILE] }), [FILE]));
  const bearer = (token: string): Headers => ({ ...good, authorization: `Bearer ${token}` });
  const without = (name: string): Headers =>
    Object.fromEntries(Object.entries(good).filter(([key]) => key !== name));

  it('lets in a token that the forge made with the right key and claims', async () => {
    const answer = await send(as(v2, bearer(forge.token(forge.claims(orgnr)))));
    expect(answer.status, answer.text).toBe(200);
    await quiet(test);
  });

  describe('v2: the token', () => {
    const now = Math.floor(Date.now() / 1000);
    const tokens: { name: string; token: () => string; says: string }[] = [
      {
        name: 'signed with another key',
        token: () => forge.token(forge.claims(orgnr), { key: forge.otherKey }),
        says: 'signaturen stemmer ikke',
      },
      {
        name: 'with a key id that the issuer does not have',
        token: () => forge.token(forge.claims(orgnr), { header: { kid: 'ukjent' } }),
        says: 'en nøkkel som utstederen ikke har',
      },
      {
        name: 'of another issuer',
        token: () => forge.token({ ...forge.claims(orgnr), iss: 'https://maskinporten.no/' }),
        says: 'en utsteder som ikke brukes her',
      },
      {
        name: 'that ran out',
        token: () => forge.token({ ...forge.claims(orgnr), iat: now - 300, exp: now - 60 }),
        says: 'utløpt',
      },
      {
        name: 'that is not valid yet',
        token: () => forge.token({ ...forge.claims(orgnr), nbf: now + 600 }),
        says: 'gjelder ikke ennå',
      },
      {
        name: 'that never runs out',
        token: () => forge.token({ ...forge.claims(orgnr), exp: undefined }),
        says: 'et påkrevd felt mangler',
      },
      {
        name: 'with another scope',
        token: () => forge.token({ ...forge.claims(orgnr), scope: 'ks:annet' }),
        says: 'ks:fiks',
      },
      {
        name: 'without a consumer',
        token: () => forge.token({ ...forge.claims(orgnr), consumer: undefined }),
        says: 'consumer',
      },
      {
        name: 'without a signature',
        token: () => forge.token(forge.claims(orgnr), { header: { alg: 'none' } }).replace(/[^.]*$/, ''),
        says: 'Access token',
      },
      { name: 'that is none', token: () => 'a.b.c', says: 'Access token' },
      { name: 'of a megabyte', token: () => 'a'.repeat(15_000), says: 'Access token' },
    ];

    it.each(tokens)('refuses one $name', async ({ token, says }) => {
      // A credential of its own each time: ten failures of one would be answered 429.
      const headers = { ...bearer(token()), integrasjonId: crypto.randomUUID() };
      const answer = await leavesNothing(test, () => send(as(v2, headers)));
      expectRefusal('v2', answer, { ...UNAUTHENTICATED, says: [says] });
    });
  });

  describe('v2: the integration', () => {
    const cases: { name: string; headers: () => Headers | Promise<Headers> }[] = [
      { name: 'no headers at all', headers: () => ({}) },
      {
        name: 'Basic instead of a token',
        headers: () => ({ ...good, authorization: basic('eksempel', 'x') }),
      },
      { name: 'an unknown integration', headers: () => ({ ...good, integrasjonId: UNKNOWN }) },
      { name: 'an integration id that is none', headers: () => ({ ...good, integrasjonId: "' or 1=1 --" }) },
      { name: 'no integration', headers: () => without('integrasjonId') },
      { name: 'a wrong password', headers: () => ({ ...good, integrasjonPassord: 'feil' }) },
      { name: 'no password', headers: () => without('integrasjonPassord') },
      {
        name: 'the password of another organisation’s integration',
        headers: async () => ({
          ...(await test.headers(test.integration('Døme'))),
          integrasjonId: good.integrasjonId!,
        }),
      },
      {
        name: 'the token of another organisation',
        headers: () => bearer(forge.token(forge.claims('310000019'))),
      },
    ];

    it.each(cases)('refuses $name', async ({ headers }) => {
      const answer = await leavesNothing(test, async () => send(as(v2, await headers())));
      expectRefusal('v2', answer, UNAUTHENTICATED);
      expect(answer.text).not.toContain(good.integrasjonPassord);
    });
  });

  describe('v1', () => {
    const cases: { name: string; headers: () => Headers }[] = [
      { name: 'nobody', headers: () => ({}) },
      { name: 'a wrong password', headers: () => ({ authorization: basic('eksempel', 'feil') }) },
      { name: 'an unknown account', headers: () => ({ authorization: basic('ukjent', 'feil') }) },
      { name: 'a name with a NUL', headers: () => ({ authorization: basic('eks\u0000empel', 'feil') }) },
      { name: 'a token instead of a password', headers: () => ({ authorization: good.authorization! }) },
      { name: 'something that is not Base64', headers: () => ({ authorization: 'Basic ***' }) },
    ];

    it.each(cases)('refuses $name', async ({ headers }) => {
      const answer = await leavesNothing(test, () => send(as(v1, headers())));
      expectRefusal('v1', answer, UNAUTHENTICATED);
    });

    it('does not read the letter of somebody it does not know', async () => {
      const answer = await fetch(`${test.baseUrl}${V1}/sendForsendelse`, {
        method: 'POST',
        body: Buffer.alloc(5_000_000),
      });
      expectRefusal('v1', await readAnswer(answer), UNAUTHENTICATED);
    });
  });

  describe('an account that was not granted', () => {
    it('is not found, whether it exists or not', async () => {
      const integration = test.integration('Eksempel');
      const others = [
        test.integration('Døme').svarutKontoIds[0]!,
        UNKNOWN,
        'x',
        `${integration.svarutKontoIds[0]}x`,
      ];
      const texts = new Set<unknown>();
      for (const kontoId of others) {
        const url = `${test.baseUrl}/api/v2/kontoer/${kontoId}/forsendelser`;
        const answer = await leavesNothing(test, () => send({ ...v2, url }));
        expectRefusal('v2', answer, { status: 404, code: 'KONTO_IKKE_FUNNET' });
        texts.add(answer.json.message);
        const status = await fetch(`${url}/status-sok`, {
          method: 'POST',
          headers: { ...good, 'content-type': 'application/json' },
          body: JSON.stringify({ forsendelseIds: [UNKNOWN] }),
        });
        expectRefusal('v2', await readAnswer(status), { status: 404, code: 'KONTO_IKKE_FUNNET' });
      }
      expect(texts.size).toBe(1);
    });
  });

  describe('calls about letters, badly made', () => {
    interface Call {
      readonly face: 'v1' | 'v2';
      readonly method?: string;
      readonly path: string;
      readonly body?: unknown;
      readonly status?: number;
      readonly code?: string;
      readonly says?: readonly string[];
    }
    const konto = '/api/v2/kontoer/11111111-1111-4111-8111-000000000001/forsendelser';
    const lest = { fnr: '01819010192', tidspunkt: '2026-03-02T10:00:00Z' };
    const lestV1 = { lestAvFodselsNummer: '01819010192', navnPaEksterntSystem: 'x', datoLest: 1 };
    const missing = { status: 404, code: 'FORSENDELSE_IKKE_FUNNET' };
    const calls: Call[] = [
      { face: 'v2', path: `${konto}/status-sok`, body: {}, says: ['forsendelseIds', 'mangler'] },
      {
        face: 'v2',
        path: `${konto}/status-sok`,
        body: { forsendelseIds: 'x' },
        says: ['forsendelseIds', 'en liste'],
      },
      { face: 'v2', path: `${konto}/status-sok`, body: '{', says: ['JSON'] },
      {
        face: 'v2',
        path: `${konto}/status-sok`,
        body: { forsendelseIds: Array.from({ length: 10_001 }, () => UNKNOWN) },
        says: ['høyst 10000'],
      },
      { face: 'v2', path: `${konto}/status-sok`, body: ' '.repeat(1_100_000), status: 413, code: 'FOR_STOR' },
      { face: 'v2', path: konto, method: 'GET', says: ['eksternRef'] },
      {
        face: 'v2',
        path: `${konto}?eksternRef=${'r'.repeat(101)}`,
        method: 'GET',
        says: ['eksternRef', '100'],
      },
      {
        face: 'v2',
        path: `/api/v2/forsendelser/${UNKNOWN}/lest`,
        body: { ...lest, fnr: '01819010193' },
        says: ['fnr'],
      },
      {
        face: 'v2',
        path: `/api/v2/forsendelser/${UNKNOWN}/lest`,
        body: { ...lest, tidspunkt: 'nå' },
        says: ['tidspunkt'],
      },
      {
        face: 'v2',
        path: `/api/v2/forsendelser/${UNKNOWN}/lest`,
        body: { ...lest, eksterntSystemnavn: 'a\u0000' },
        says: ['eksterntSystemnavn'],
      },
      { face: 'v2', path: `/api/v2/forsendelser/${UNKNOWN}/lest`, body: lest, ...missing },
      { face: 'v2', path: '/api/v2/forsendelser/x/hendelser', method: 'GET', ...missing },
      { face: 'v2', path: '/api/v2/forsendelser/%00/metadata', method: 'GET', says: ['id', 'tegn'] },
      {
        face: 'v2',
        path: `/api/v2/forsendelser/${UNKNOWN}/dokumenter?slettetype=NOEN`,
        method: 'DELETE',
        says: ['slettetype', 'ORIGINALDOKUMENTER'],
      },
      {
        face: 'v2',
        path: '/api/v2/mottakersystem?organisasjonsnummer=1',
        method: 'GET',
        says: ['organisasjonsnummer'],
      },
      { face: 'v2', path: '/api/v2/mottakersystem?niva=ti', method: 'GET', says: ['niva'] },
      { face: 'v2', path: '/api/v2/finnes-ikke', method: 'GET', status: 404, code: 'IKKE_FUNNET' },
      { face: 'v1', path: `${V1}/statuser`, body: {}, says: ['en liste'] },
      {
        face: 'v1',
        path: `${V1}/statuser`,
        body: Array.from({ length: 10_001 }, () => UNKNOWN),
        says: ['høyst 10000'],
      },
      { face: 'v1', path: `${V1}/slettFiler`, body: [{ id: 'x' }], says: ['UUID'] },
      { face: 'v1', path: `${V1}/slettFiler`, body: [{ id: UNKNOWN }], ...missing },
      {
        face: 'v1',
        path: `${V1}/${UNKNOWN}/settLest`,
        body: { ...lestV1, lestAvFodselsNummer: '1' },
        says: ['lestAvFodselsNummer'],
      },
      {
        face: 'v1',
        path: `${V1}/${UNKNOWN}/settLest`,
        body: { ...lestV1, datoLest: 9e15 },
        says: ['datoLest'],
      },
      { face: 'v1', path: `${V1}/${UNKNOWN}/settLest`, body: lestV1, ...missing },
      { face: 'v1', path: `${V1}/${UNKNOWN}/status`, method: 'GET', ...missing },
      { face: 'v1', path: `${V1}/x/historikk`, method: 'GET', ...missing },
      { face: 'v1', path: `${V1}/eksternref/${'r'.repeat(101)}`, method: 'GET', says: ['eksternref', '100'] },
      { face: 'v1', path: `${V1}/eksternref/a%00b`, method: 'GET', says: ['adressen', 'tegn'] },
      { face: 'v1', path: `${V1}/mottakersystem?niva=5`, method: 'GET', says: ['niva'] },
      { face: 'v1', path: `${V1}/mottakersystem/12`, method: 'GET', says: ['orgnr', '9 siffer'] },
      { face: 'v1', path: `${V1}/finnes/ikke`, method: 'GET', status: 404, code: 'IKKE_FUNNET' },
    ];

    it.each(calls)(
      '$face $method $path',
      async ({ face, method = 'POST', path, body, status = 400, code, says }) => {
        const headers = await (face === 'v1' ? v1 : v2).headers();
        const init =
          body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
        // Who asks for a letter that is not theirs, or not there, leaves the trace that they did.
        const logged = code === missing.code && [path, init.body].join().includes(UNKNOWN) ? 1 : 0;
        const call = async () =>
          readAnswer(
            await fetch(`${test.baseUrl}${path}`, {
              method,
              headers: { ...headers, 'content-type': 'application/json' },
              ...init,
            }),
          );
        const answer = await leavesNothing(test, call, logged);
        expectRefusal(face, answer, { status, code: code ?? 'UGYLDIG_INNHOLD', ...(says ? { says } : {}) });
      },
    );

    it('takes as many ids as it says, and leaves out the unknown', async () => {
      const forsendelseIds = Array.from({ length: 10_000 }, () => crypto.randomUUID());
      const answer = await fetch(`${test.baseUrl}${konto}/status-sok`, {
        method: 'POST',
        headers: { ...good, 'content-type': 'application/json' },
        body: JSON.stringify({ forsendelseIds }),
      });
      expect({ status: answer.status, body: await answer.json() }).toEqual({
        status: 200,
        body: { statuser: [] },
      });
    });

    it('refuses a reference that could never have been stored', async () => {
      const answer = await fetch(`${test.baseUrl}${konto}?eksternRef=a%00b`, { headers: good });
      expectRefusal('v2', await readAnswer(answer), {
        status: 400,
        code: 'UGYLDIG_INNHOLD',
        says: ['eksternRef', 'tegn'],
      });
    });
  });

  it('is still well afterwards', () => expectHealthy(test));
});
