import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addLetter,
  FNR,
  type Harness,
  hasExactly,
  KONTO_A1,
  KONTO_A2,
  KONTO_B1,
  KONTO_B2,
  NOW,
  ORGNR,
  startFaces,
  TENANT_A,
  TENANT_B,
  V2_AUTH,
  V2_SMALL_AUTH,
} from './face-harness.ts';

const A1 = { id: KONTO_A1, tenant: TENANT_A };
const B1 = { id: KONTO_B1, tenant: TENANT_B };
const B2 = { id: KONTO_B2, tenant: TENANT_B };
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';
const ERROR = ['timestamp', 'status', 'error', 'errorId', 'path', 'originalPath', 'message', 'errorCode'];

let faces: Harness;
beforeAll(async () => {
  faces = await startFaces();
});
afterAll(() => faces.close());

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${faces.url}/api/v2${path}`, {
    method,
    headers: { ...V2_AUTH, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text ? JSON.parse(text) : undefined,
  };
}

const lastCall = () => faces.calls.at(-1)!;

describe('v2 authentication and errors', () => {
  it('refuses a call with a wrong token, integration or password', async () => {
    for (const [header, value] of [
      ['authorization', 'Bearer x'],
      ['IntegrasjonId', 'ukjent'],
      ['IntegrasjonPassord', 'x'],
    ] as const) {
      const answer = await call('GET', '/forsendelsestyper', undefined, { [header]: value });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      expect(hasExactly(answer.json, ERROR)).toBe(true);
    }
  });

  it('answers the error shape with the right types and without errorJson', async () => {
    const answer = await call('GET', `/forsendelser/${UNKNOWN_ID}/metadata?x=1`);
    expect(answer.status).toBe(404);
    expect(answer.json).toEqual({
      timestamp: NOW.getTime(),
      status: 404,
      error: 'Not Found',
      errorId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      path: `/api/v2/forsendelser/${UNKNOWN_ID}/metadata`,
      originalPath: `/api/v2/forsendelser/${UNKNOWN_ID}/metadata`,
      message: expect.any(String),
      errorCode: 'FORSENDELSE_IKKE_FUNNET',
    });
    expect(answer.headers.get('x-request-id')).toBe(answer.json.errorId);
  });

  it('answers unknown paths and methods in the same shape', async () => {
    for (const [method, path] of [
      ['GET', '/finnesIkke'],
      ['PUT', '/forsendelsestyper'],
    ] as const) {
      const answer = await call(method, path);
      expect([answer.status, hasExactly(answer.json, ERROR)]).toEqual([404, true]);
    }
  });
});

describe('v2 accounts', () => {
  it.each([
    ['unknown', UNKNOWN_ID],
    ['not granted', KONTO_B1],
    ['no UUID', 'tull'],
  ])('answers an account that is %s as not found', async (_what, kontoId) => {
    for (const [method, path] of [
      ['GET', `/kontoer/${kontoId}/forsendelser?eksternRef=x`],
      ['GET', `/kontoer/${kontoId}/forsendelser/metadata?eksternRef=x`],
    ] as const) {
      const answer = await call(method, path);
      expect([answer.status, answer.json.errorCode]).toEqual([404, 'KONTO_IKKE_FUNNET']);
    }
    const search = await call('POST', `/kontoer/${kontoId}/forsendelser/status-sok`, { forsendelseIds: [] });
    expect([search.status, search.json.errorCode]).toEqual([404, 'KONTO_IKKE_FUNNET']);
  });

  it('acts for the organisation of the account, as the integration', async () => {
    await call('GET', `/kontoer/${KONTO_B2.toUpperCase()}/forsendelser?eksternRef=x`);
    expect(lastCall()).toMatchObject({
      name: 'findByEksternReferanse',
      ctx: { tenant: TENANT_B, actor: { kind: 'integration', id: 'stor', name: 'Fagsystem' } },
      args: [B2, 'x'],
    });
  });

  it('finds the owner among the granted accounts, over organisations', async () => {
    const id = addLetter(faces, B2);
    expect((await call('GET', `/forsendelser/${id}/hendelser`)).status).toBe(200);
    expect(faces.calls.slice(-2)).toMatchObject([
      {
        name: 'locate',
        ctx: { tenant: null },
        args: [[A1, { id: KONTO_A2, tenant: TENANT_A }, B2], id, 'post.forsendelse.hendelser_lest'],
      },
      { name: 'history', ctx: { tenant: TENANT_B }, args: [B2, id] },
    ]);
  });

  it('asks directly when one account is granted, and nobody when none is', async () => {
    const id = addLetter(faces, A1);
    expect((await call('GET', `/forsendelser/${id}/hendelser`, undefined, V2_SMALL_AUTH)).status).toBe(200);
    expect(faces.calls.slice(-2).map((made) => made.name)).not.toContain('locate');
    const before = faces.calls.length;
    const none = await call('GET', `/forsendelser/${id}/hendelser`, undefined, { IntegrasjonId: 'ingen' });
    expect([none.status, faces.calls.length]).toEqual([404, before]);
  });

  it('answers letters of accounts that are not granted as not found, for every call', async () => {
    const id = addLetter(faces, B1);
    const lest = { fnr: FNR, tidspunkt: NOW.toISOString() };
    for (const headers of [{}, V2_SMALL_AUTH]) {
      for (const [method, path, wanted, body] of [
        ['GET', 'hendelser', 'post.forsendelse.hendelser_lest', undefined],
        ['GET', 'signeringshendelser', 'post.forsendelse.signering_lest', undefined],
        ['GET', 'metadata', 'post.forsendelse.metadata_lest', undefined],
        ['POST', 'lest', 'post.forsendelse.lest_eksternt', lest],
        ['DELETE', 'dokumenter', 'post.dokumenter.slettet', undefined],
      ] as const) {
        const answer = await call(method, `/forsendelser/${id}/${path}`, body, headers);
        expect([answer.status, answer.json.errorCode]).toEqual([404, 'FORSENDELSE_IKKE_FUNNET']);
        // The trace of the refusal says what was tried, whichever step found out.
        if (headers !== V2_SMALL_AUTH)
          expect(lastCall()).toMatchObject({ name: 'locate', args: [expect.anything(), id, wanted] });
      }
    }
    expect(faces.letters.get(id)!.status.status).toBe('AKSEPTERT');
    expect((await call('GET', '/forsendelser/tull/metadata')).status).toBe(404);
  });
});

describe('v2 status-sok', () => {
  const path = `/kontoer/${KONTO_A1}/forsendelser/status-sok`;

  it('answers the known ones with ISO dates and leaves the others out', async () => {
    const id = addLetter(faces, A1);
    const foreign = addLetter(faces, B1);
    const body = { forsendelseIds: [id.toUpperCase(), foreign, UNKNOWN_ID, 'tull', null, id] };
    for (const type of ['application/json', 'text/plain', '*/*']) {
      const answer = await call('POST', path, body, { 'content-type': type });
      expect(answer.status).toBe(200);
      expect(answer.json).toEqual({
        statuser: [{ id, sisteStatusEndring: '2026-03-02T09:30:00.000Z', status: 'AKSEPTERT' }],
      });
    }
  });

  it('answers statuses of v3 in the words of v2', async () => {
    const id = addLetter(faces, A1);
    faces.letters.get(id)!.status = { id, status: 'LEVERT_NHN_MOTTAKER', sisteStatusEndring: NOW };
    expect((await call('POST', path, { forsendelseIds: [id] })).json.statuser[0].status).toBe(
      'SENDT_DIGITALT',
    );
  });

  it.each([
    ['forsendelseIds: mangler', {}],
    ['forsendelseIds: må være en liste', { forsendelseIds: 'x' }],
    ['forsendelseIds[0]: må være en tekst', { forsendelseIds: [1] }],
    ['meldingen: må være et objekt', []],
    ['meldingen: er ikke gyldig JSON', '{'],
    ['høyst 10000', { forsendelseIds: Array(10_001).fill('x') }],
  ])('refuses %s', async (expected, body) => {
    const answer = await call('POST', path, body);
    expect([answer.status, answer.json.errorCode]).toEqual([400, 'UGYLDIG_INNHOLD']);
    expect(answer.json.message).toContain(expected);
  });
});

describe('v2 events, metadata, reading, deletion', () => {
  it('answers events and signing events', async () => {
    const id = addLetter(faces, A1, {
      history: [{ tidspunkt: NOW, kode: 'akseptert', params: {}, tekst: 'Akseptert for ekspedering' }],
      signing: [{ tidspunkt: NOW, status: 'UTLOPT', tekst: 'Utløpt' }],
    });
    const tidspunkt = '2026-03-02T09:30:00.000Z';
    expect((await call('GET', `/forsendelser/${id}/hendelser`)).json).toEqual({
      hendelser: [{ tidspunkt, hendelse: 'Akseptert for ekspedering' }],
    });
    expect((await call('GET', `/forsendelser/${id}/signeringshendelser`)).json).toEqual({
      hendelser: [{ tidspunkt, status: 'UTLOPT', hendelse: 'Utløpt' }],
    });
  });

  it('answers every required property of metadata, also those that are not set', async () => {
    const id = addLetter(faces, A1, {
      metadata: [
        {
          filnavn: 'a.pdf',
          mimeType: 'application/pdf',
          storrelse: 5_000_000_000,
          sha256: 'c'.repeat(64),
          kanSigneres: true,
          nedlastingUrl: 'https://post.example/0',
          ekstraMetadata: [],
          inneholderPersonsensitivInformasjon: false,
        },
      ],
    });
    expect((await call('GET', `/forsendelser/${id}/metadata`)).json).toEqual({
      dokumenter: [
        {
          filnavn: 'a.pdf',
          mimeType: 'application/pdf',
          dokumentType: '',
          storrelse: 5_000_000_000,
          sha256Hash: 'c'.repeat(64),
          nedlasningUrl: 'https://post.example/0',
          kanSigneres: true,
          ekstraMetadata: [],
          inneholderPersonsensitivInformasjon: false,
        },
      ],
    });
  });

  it('answers lest with 204 and reads dates with offset and with Z', async () => {
    const id = addLetter(faces, A1);
    for (const tidspunkt of [
      '2026-03-02T10:30:00.000+01:00',
      '2026-03-02T09:30:00Z',
      '2026-03-02T10:30+01:00',
    ]) {
      const answer = await call('POST', `/forsendelser/${id}/lest`, {
        fnr: FNR,
        tidspunkt,
        eksterntSystemnavn: null,
      });
      expect([answer.status, answer.text]).toEqual([204, '']);
      expect(lastCall()).toMatchObject({ name: 'markRead', args: [A1, id, { fnr: FNR, tidspunkt: NOW }] });
    }
  });

  it.each([
    ['fnr: er ikke et gyldig', { fnr: '1', tidspunkt: NOW.toISOString() }],
    ['fnr: er ikke et gyldig', { fnr: '01819010002', tidspunkt: NOW.toISOString() }],
    ['tidspunkt: mangler', { fnr: FNR }],
    ['tidspunkt: må være dato', { fnr: FNR, tidspunkt: '2026-02-30T10:00:00Z' }],
    ['tidspunkt: må være en tekst', { fnr: FNR, tidspunkt: NOW.getTime() }],
    [
      'eksterntSystemnavn: høyst',
      { fnr: FNR, tidspunkt: NOW.toISOString(), eksterntSystemnavn: 'x'.repeat(256) },
    ],
  ])('refuses lest: %s', async (expected, body) => {
    const answer = await call('POST', `/forsendelser/${addLetter(faces, A1)}/lest`, body);
    expect(answer.status).toBe(400);
    expect(answer.json.message).toContain(expected);
    expect(answer.json.message).not.toContain('01819010002');
  });

  it('deletes what slettetype says, by default the originals, and answers 204', async () => {
    const id = addLetter(faces, A1);
    for (const [query, kind] of [
      ['', 'ORIGINALDOKUMENTER'],
      ['?slettetype=ORIGINALDOKUMENTER', 'ORIGINALDOKUMENTER'],
      ['?slettetype=ALLE', 'ALLE'],
    ]) {
      const answer = await call('DELETE', `/forsendelser/${id}/dokumenter${query}`);
      expect([answer.status, answer.text]).toEqual([204, '']);
      expect(lastCall().args).toEqual([A1, [id], kind]);
    }
    for (const query of ['slettetype=INGEN', 'slettetype=']) {
      const wrong = await call('DELETE', `/forsendelser/${id}/dokumenter?${query}`);
      expect([wrong.status, wrong.json.message]).toEqual([
        400,
        expect.stringContaining('slettetype: må være en av'),
      ]);
    }
  });
});

describe('v2 look-ups', () => {
  it('lists each forsendelsestype once', async () => {
    expect((await call('GET', '/forsendelsestyper')).json).toEqual({
      forsendelsestyper: ['Byggesøknad', 'nav.digisos'],
    });
  });

  it('finds by external reference, ids alone and with date and system', async () => {
    const eksternReferanse = 'sak 1/2&3';
    const id = addLetter(faces, A1, { eksternReferanse });
    const query = `eksternRef=${encodeURIComponent(eksternReferanse)}`;
    expect((await call('GET', `/kontoer/${KONTO_A1}/forsendelser?${query}`)).json).toEqual({
      forsendelseIds: [id],
    });
    expect((await call('GET', `/kontoer/${KONTO_A1}/forsendelser/?${query}`)).json).toEqual({
      forsendelseIds: [id],
    });
    expect((await call('GET', `/kontoer/${KONTO_A1}/forsendelser/metadata?${query}`)).json).toEqual({
      forsendelser: [{ id, dato: '2026-03-02T09:30:00.000Z', avgivendeSystem: 'test' }],
    });
  });

  it.each(['', '?eksternRef=', '?eksternRef=a&eksternRef=b', `?eksternRef=${'x'.repeat(101)}`])(
    'refuses the reference %s',
    async (query) => {
      expect((await call('GET', `/kontoer/${KONTO_A1}/forsendelser${query}`)).status).toBe(400);
      expect((await call('GET', `/kontoer/${KONTO_A1}/forsendelser/metadata${query}`)).status).toBe(400);
    },
  );

  it('finds mottakersystemer with every required property', async () => {
    faces.mottakersystemer.push({ id: 'm2', navn: 'Arkiv', organisasjonsnummer: ORGNR, niva: 3 });
    const query = `organisasjonsnummer=${ORGNR}&forsendelseType=nav.digisos&niva=3`;
    expect((await call('GET', `/mottakersystem?${query}`)).json).toEqual({
      mottakersystemer: [
        { id: 'm2', navn: 'Arkiv', organisasjonsnummer: ORGNR, forsendelseType: '', niva: 3 },
      ],
    });
    expect(lastCall().args).toEqual([{ orgnr: ORGNR, forsendelsestype: 'nav.digisos', niva: 3 }]);
    await call('GET', '/mottakersystem');
    expect(lastCall().args).toEqual([{}]);
    for (const wrong of [
      'organisasjonsnummer=1',
      'organisasjonsnummer=',
      'forsendelseType=',
      'niva=',
      'niva=10',
      'niva=x',
      'forsendelseType=a%20b',
    ]) {
      expect((await call('GET', `/mottakersystem?${wrong}`)).status).toBe(400);
    }
  });
});
