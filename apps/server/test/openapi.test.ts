import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { samplePdf } from '@grunnmur/post/sample-pdf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccessFile } from './access-file.ts';
import { startTestServer, type TestServer } from './harness.ts';
import { type Route, withRouteTable } from './route-table.ts';
import { basic } from './send-faces.ts';

interface Media {
  readonly example?: Record<string, unknown>;
  readonly examples?: Record<string, { readonly value: Record<string, unknown> }>;
}
interface Operation {
  readonly operationId: string;
  readonly security: readonly Record<string, unknown>[];
  readonly parameters?: readonly { readonly name: string }[];
  readonly requestBody?: { readonly content: Record<string, Media> };
  readonly responses: Record<string, { readonly headers?: Record<string, unknown> }>;
}
interface Call {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** Where the published interfaces and our own are; the rest is pages, simulators and operations. */
const FACES = /^\/(?:tjenester|api|forsendelse\/publickey|fiks-io|fiks-protokoll|dokumentlager)\//;

describe('the OpenAPI document of the running platform', () => {
  let test: TestServer;
  let routes: Route[];
  let calls: Call[];
  let file: AccessFile;

  beforeAll(async () => {
    ({ result: test, routes } = await withRouteTable(() => startTestServer()));
    file = JSON.parse(await readFile(join(test.dataDir, 'demo-access.json'), 'utf8')) as AccessFile;
    const document = (await (await fetch(`${test.baseUrl}/api/openapi.json`)).json()) as {
      paths: Record<string, Record<string, Operation>>;
    };
    calls = callsOf(document.paths);
  });
  afterAll(() => test.stop());

  it('has every route of every interface, and no other', () => {
    const described = routes
      .filter(({ method, url, schema }) => FACES.test(url) && method !== 'HEAD' && schema?.hide !== true)
      .map(({ method, url }) => `${method} ${url.replace(/\/$/, '').replace(/:\w+|\*$/g, '{}')}`);
    const told = calls.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`);
    expect(told.length).toBeGreaterThan(90);
    expect(told.sort()).toEqual([...new Set(described)].sort());
  });

  it('has examples that the platform takes as they are, but for names of what is there', async () => {
    const there = await names();
    const ran: string[] = [];
    for (const wanted of EXAMPLES) {
      const { answer, call } = await send(wanted, there);
      const text = await answer.text();
      expect(answer.status, `${wanted}: ${text}`).toBeLessThan(300);
      expect(Object.keys(call.operation.responses), wanted).toContain(String(answer.status));
      expect(untold(answer, call), wanted).toEqual([]);
      if (wanted === 'fiksDokumentlager_lastOpp') there.dokumentId = (JSON.parse(text) as { id: string }).id;
      ran.push(wanted);
    }
    const withExample = calls.filter(({ operation }) =>
      exampleOf(Object.values(operation.requestBody?.content ?? {})[0]),
    );
    expect(ran.sort()).toEqual(withExample.map(({ operation }) => operation.operationId).sort());
  });

  it('tells of the warnings that a call which went well may carry', async () => {
    const there = await names();
    const warned: string[] = [];
    for (const wanted of ['svarutV1_sendForsendelse', 'svarutV2_send', 'fiksIoSend']) {
      const { answer, call } = await send(wanted, there, { ikkeEtFelt: 'x' });
      expect(answer.status, `${wanted}: ${await answer.text()}`).toBeLessThan(300);
      if (answer.headers.get('grunnmur-advarsel')?.includes('/ikkeEtFelt')) warned.push(wanted);
      expect(untold(answer, call), wanted).toEqual([]);
      const { parameters = [] } = call.operation;
      expect(parameters.some(({ name }) => name === 'Idempotency-Key')).toBe(wanted.startsWith('svarut'));
    }
    expect(warned).toHaveLength(3);
  });

  it('tells of everything that is wrong with a call, in its query as in its body', async () => {
    const headers = await test.headers(test.integration('Eksempel'));
    const query = 'kontoId=x&status=ukjent&fra=i-dag&antall=1000&id=';
    const answer = await fetch(`${test.baseUrl}/api/exchange/meldinger?${query}`, { headers });
    expect(answer.status).toBe(400);
    const { errors } = (await answer.json()) as { errors: { field: string }[] };
    expect(errors.map(({ field }) => field).sort()).toEqual(['antall', 'fra', 'id', 'kontoId', 'status']);
  });

  /** What an example names, or a path asks for, of what is there; what calls give is added as they go. */
  async function names(): Promise<Record<string, string>> {
    const [from, to] = file.fiksIoAccounts;
    const konto = await fetch(`${test.baseUrl}/fiks-io/katalog/api/v1/kontoer/${from!.kontoId}`, {
      headers: await test.headers(owner()),
    });
    const { fnr } = test.person('altinn');
    return {
      avsenderKontoId: from!.kontoId,
      mottakerKontoId: to!.kontoId,
      fiksOrgId: ((await konto.json()) as { fiksOrgId: string }).fiksOrgId,
      fodselsNummer: fnr,
      digitalId: fnr,
    };
  }

  /** The integration that the first konto of Fiks IO belongs to. */
  function owner() {
    const { integrasjonId } = file.fiksIoAccounts[0]!;
    return file.integrations.find((each) => each.integrasjonId === integrasjonId)!;
  }

  /** Sends an operation's example, with names of what is there and fields that it does not have. */
  async function send(wanted: string, there: Record<string, string>, more: Record<string, string> = {}) {
    const call = calls.find(({ operation }) => operation.operationId === wanted)!;
    const account = test.access.svarutV1Accounts[0]!;
    const integration = test.integration('Eksempel');
    const v1 = 'ServiceKonto' in call.operation.security[0]!;
    const v2 = wanted.startsWith('svarutV2');
    const kontoId = v2 ? integration.svarutKontoIds[0]! : file.fiksIoAccounts[0]!.kontoId;
    if (wanted === 'svarutV1_sendForsendelseMedId') there.id = await reserve(account);
    const path = call.path.replace(/\{(\w+)\}/g, (_, name: string) =>
      name === 'kontoId' ? kontoId : there[name]!,
    );
    const [mediaType, media] = Object.entries(call.operation.requestBody!.content)[0]!;
    const { body, type } = bodyOf(mediaType, media, there, more);
    const login = v1
      ? { authorization: basic(account.username, account.password) }
      : await test.headers(v2 ? integration : owner());
    const headers = { ...login, ...(type ? { 'content-type': type } : {}) };
    const answer = await fetch(`${test.baseUrl}${path}`, { method: call.method, headers, body });
    return { answer, call };
  }

  async function reserve(account: { username: string; password: string }): Promise<string> {
    const answer = await fetch(`${test.baseUrl}/tjenester/api/forsendelse/v1/startNyForsendelse`, {
      method: 'POST',
      headers: { authorization: basic(account.username, account.password) },
    });
    return ((await answer.json()) as { id: string }).id;
  }
});

/** In an order in which each finds what it is about. */
const EXAMPLES = [
  'svarutV1_sendForsendelse',
  'svarutV1_sendForsendelseMedId',
  'svarutV2_send',
  'fiksIoSend',
  'exchangeValider',
  'fiksDokumentlager_lastOpp',
  'fiksDokumentlager_endre',
  'fiksDokumentlager_sok',
];

function callsOf(paths: Record<string, Record<string, Operation>>): Call[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

/** What every answer may have, whatever it is about. */
const EVERYWHERE =
  /^(?:connection|content-(?:length|type)|date|keep-alive|transfer-encoding|x-content-type-options|x-request-id)$/;

/** Headers of an answer that its description does not have. */
function untold(answer: Response, { operation }: Call): string[] {
  const told = Object.keys(operation.responses[String(answer.status)]?.headers ?? {});
  const known = new Set(told.map((name) => name.toLowerCase()));
  return [...answer.headers.keys()].filter((name) => !EVERYWHERE.test(name) && !known.has(name));
}

function exampleOf(media: Media | undefined): Record<string, unknown> | undefined {
  return media?.example ?? Object.values(media?.examples ?? {})[0]?.value;
}

/**
 * The example as a body: names of what is there filled in, files with bytes and the names that the example gives them, and
 * `more` in the message that goes with them.
 */
function bodyOf(
  mediaType: string,
  media: Media,
  there: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>>,
) {
  const text = JSON.stringify(exampleOf(media), (key, value: unknown) =>
    // Two letters alike within the hour are one sent twice.
    key === 'tittel' ? `${value} ${crypto.randomUUID()}` : (there[key] ?? value),
  );
  if (mediaType !== 'multipart/form-data') return { body: text, type: mediaType };
  const form = new FormData();
  for (const [name, value] of Object.entries(JSON.parse(text) as Record<string, unknown>)) {
    for (const part of [value].flat()) {
      if (typeof part === 'string')
        form.append(name, new Blob([samplePdf()], { type: 'application/pdf' }), 'brev.pdf');
      else
        form.append(
          name,
          new Blob([JSON.stringify({ ...(part as object), ...more })], { type: 'application/json' }),
        );
    }
  }
  return { body: form, type: undefined };
}
