import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addLetter,
  FNR,
  type Harness,
  hasExactly,
  KONTO_A1,
  KONTO_B1,
  NOW,
  ORGNR,
  startFaces,
  TENANT_A,
  TENANT_B,
  V1_AUTH,
  V1_PREFIX,
} from './face-harness.ts';

const KONTO = { id: KONTO_A1, tenant: TENANT_A };
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

let faces: Harness;
beforeAll(async () => {
  faces = await startFaces();
});
afterAll(() => faces.close());

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${faces.url}${V1_PREFIX}${path}`, {
    method,
    headers: { authorization: V1_AUTH, ...headers },
    ...(body === undefined ? {} : { body: bytesOf(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text ? JSON.parse(text) : undefined,
  };
}

function bytesOf(body: unknown): string | Uint8Array<ArrayBuffer> {
  if (body instanceof Uint8Array) return new Uint8Array(body);
  return typeof body === 'string' ? body : JSON.stringify(body);
}

const lastCall = () => faces.calls.at(-1)!;

describe('v1 authentication', () => {
  it('refuses a call without the right Basic credentials, in the error shape of v1', async () => {
    for (const authorization of ['', 'Basic eDp5', 'Bearer gyldig']) {
      const answer = await call('GET', '/forsendelseTyper', undefined, { authorization });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
      expect(answer.json).toEqual({
        errorcode: 'IKKE_AUTENTISERT',
        message: expect.stringContaining('IKKE_AUTENTISERT'),
      });
    }
  });

  it('acts as the account, for its organisation', async () => {
    await call('GET', '/forsendelseTyper');
    expect(lastCall().ctx).toMatchObject({ tenant: TENANT_A, actor: { kind: 'integration', id: 'konto-a' } });
  });

  it('answers unknown paths in the error shape of v1', async () => {
    const answer = await call('GET', '/finnesIkke');
    expect(answer.status).toBe(404);
    expect(hasExactly(answer.json, ['errorcode', 'message'])).toBe(true);
  });
});

describe('v1 startNyForsendelse', () => {
  it('reserves an id, with and without a body and whatever its type', async () => {
    for (const type of [undefined, 'application/json', 'text/plain']) {
      const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
      const answer = await call('POST', '/startNyForsendelse', undefined, headers);
      expect(answer.status).toBe(200);
      expect(hasExactly(answer.json, ['id'])).toBe(true);
      expect(lastCall()).toMatchObject({ name: 'reserveId', args: [KONTO] });
    }
  });
});

describe('v1 status', () => {
  it('answers exactly the published properties, the date in milliseconds', async () => {
    const id = addLetter(faces, KONTO);
    const answer = await call('GET', `/${id}/status`);
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      forsendelsesId: { id },
      sisteStatusEndring: NOW.getTime(),
      status: 'AKSEPTERT',
    });
  });

  it('answers 404 for unknown ids, ids of another account and what is no id', async () => {
    const foreign = addLetter(faces, { id: KONTO_B1, tenant: TENANT_B });
    for (const id of [UNKNOWN_ID, foreign, 'ikke-en-uuid']) {
      const answer = await call('GET', `/${id}/status`);
      expect([answer.status, answer.json.errorcode]).toEqual([404, 'FORSENDELSE_IKKE_FUNNET']);
    }
  });

  it.each([
    ['FEILET_UNDER_MOTTAK', 'AVVIST'],
    ['SENDT_NHN_MOTTAKER', 'SENDT_DIGITALT'],
    ['LEVERT_NHN_MOTTAKER', 'SENDT_DIGITALT'],
    ['SLETTET', 'MANUELT_HANDTERT'],
  ] as const)('answers %s of v3 as %s', async (status, expected) => {
    const id = addLetter(faces, KONTO);
    faces.letters.get(id)!.status = { id, status, sisteStatusEndring: NOW };
    expect((await call('GET', `/${id}/status`)).json.status).toBe(expected);
  });
});

describe('v1 statuser', () => {
  it('takes texts and { id } objects, in any case and any Content-Type', async () => {
    const [a, b] = [addLetter(faces, KONTO), addLetter(faces, KONTO)];
    for (const type of ['application/json', 'text/plain', 'application/x-rart']) {
      const answer = await call('POST', '/statuser', [a, { id: b.toUpperCase() }], { 'content-type': type });
      expect(answer.status).toBe(200);
      expect(answer.json.statuser.map((entry: { forsendelsesId: unknown }) => entry.forsendelsesId)).toEqual([
        { id: a },
        { id: b },
      ]);
    }
  });

  it('leaves out what is unknown, no id, null or given twice, and does not fail', async () => {
    const id = addLetter(faces, KONTO);
    const answer = await call('POST', '/statuser', [id, UNKNOWN_ID, 'tull', null, id]);
    expect(answer.status).toBe(200);
    expect(answer.json.statuser).toHaveLength(1);
    expect(lastCall().args[1]).toEqual([id, UNKNOWN_ID]);
  });

  it.each([
    ['an object', '{"id":"x"}'],
    ['numbers', '[1]'],
    ['objects without id', '[{"forsendelsesId":"x"}]'],
    ['broken JSON', '[}'],
    ['nothing', undefined],
    ['too deep nesting', '['.repeat(40) + ']'.repeat(40)],
    ['half a character', String.raw`["\ud800"]`],
    ['a NUL', String.raw`["\u0000"]`],
    ['bytes that are not UTF-8', Buffer.from('["æ"]', 'latin1')],
  ])('refuses %s', async (_what, body) => {
    const answer = await call('POST', '/statuser', body);
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({
      errorcode: 'UGYLDIG_INNHOLD',
      message: expect.stringMatching(/^Ugyldig innhold: /),
    });
  });

  it('refuses more ids than the limit and a message that is too large', async () => {
    const small = await startFaces({ limits: { maxIds: 2, maxJsonBytes: 300 } });
    const post = (body: string) =>
      fetch(`${small.url}${V1_PREFIX}/statuser`, {
        method: 'POST',
        headers: { authorization: V1_AUTH },
        body,
      });
    const many = await post(JSON.stringify(['a', 'b', 'c']));
    expect([many.status, (await many.json()).message]).toEqual([400, expect.stringContaining('høyst 2')]);
    const large = await post(JSON.stringify(['a'.repeat(400)]));
    expect([large.status, (await large.json()).errorcode]).toEqual([413, 'FOR_STOR']);
    await small.close();
  });
});

describe('v1 histories and metadata', () => {
  it('writes times in the histories as texts', async () => {
    const id = addLetter(faces, KONTO, {
      history: [{ tidspunkt: NOW, kode: 'akseptert', params: {}, tekst: 'Akseptert for ekspedering' }],
      signing: [{ tidspunkt: NOW, status: 'VENTER_SIGNERING', tekst: 'Signeringsoppdrag registrert' }],
    });
    expect((await call('GET', `/${id}/historikk`)).json).toEqual({
      hendelsesLogger: [{ tidspunkt: '2026-03-02T09:30:00.000Z', hendelse: 'Akseptert for ekspedering' }],
    });
    expect((await call('GET', `/${id}/signeringhistorikk`)).json).toEqual({
      forsendelsesId: { id },
      logg: [
        {
          tidspunkt: '2026-03-02T09:30:00.000Z',
          type: 'VENTER_SIGNERING',
          hendelse: 'Signeringsoppdrag registrert',
        },
      ],
    });
  });

  it('answers metadata with the spelling of v1 and no property of ours', async () => {
    const dokument = {
      filnavn: 'å.pdf',
      mimeType: 'application/pdf',
      storrelse: 12,
      sha256: 'b'.repeat(64),
      kanSigneres: false,
      nedlastingUrl: 'https://post.example/forsendelse/1/0',
      ekstraMetadata: [{ key: 'k', value: '', intern: 1 }],
      inneholderPersonsensitivInformasjon: true,
      objekt: 'intern',
    };
    const signed = { ...dokument, dokumentType: 'B', signeringUrl: 'https://post.example/s' };
    const id = addLetter(faces, KONTO, { metadata: [dokument, signed] });
    const { dokumentMetadata } = (await call('GET', `/${id}/dokumentMetadata`)).json;
    expect(dokumentMetadata[0]).toEqual({
      filnavn: 'å.pdf',
      mimeType: 'application/pdf',
      sizeInBytes: 12,
      sha256hash: 'b'.repeat(64),
      kanSigneres: false,
      nedlasningsUrl: 'https://post.example/forsendelse/1/0',
      ekstraMetadata: [{ key: 'k', value: '' }],
      inneholderPersonsensitivInformasjon: true,
    });
    expect(dokumentMetadata[1]).toMatchObject({ dokumentType: 'B', signeringsUrl: 'https://post.example/s' });
  });

  it.each(['historikk', 'signeringhistorikk', 'dokumentMetadata'])(
    'answers 404 for an unknown id: %s',
    async (path) => {
      expect((await call('GET', `/${UNKNOWN_ID}/${path}`)).status).toBe(404);
    },
  );
});

describe('v1 settLest', () => {
  const lest = { lestAvFodselsNummer: FNR, navnPaEksterntSystem: 'Min side', datoLest: NOW.getTime() };

  it('answers 200 without a body', async () => {
    const id = addLetter(faces, KONTO);
    const answer = await call('POST', `/${id}/settLest`, lest);
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(lastCall()).toMatchObject({
      name: 'markRead',
      args: [KONTO, id, { fnr: FNR, tidspunkt: NOW, system: 'Min side' }],
    });
  });

  it.each([
    ['lestAvFodselsNummer: ', { ...lest, lestAvFodselsNummer: '01819010002' }],
    ['lestAvFodselsNummer: mangler', { ...lest, lestAvFodselsNummer: null }],
    ['datoLest: mangler', { ...lest, datoLest: null }],
    ['datoLest: mangler', { ...lest, datoLest: 0 }],
    ['datoLest: må være', { ...lest, datoLest: 9e15 }],
    ['datoLest: må være et heltall', { ...lest, datoLest: '2026-03-02' }],
    ['navnPaEksterntSystem: høyst 255', { ...lest, navnPaEksterntSystem: 'x'.repeat(256) }],
  ])('names what is wrong: %s', async (expected, body) => {
    const answer = await call('POST', `/${addLetter(faces, KONTO)}/settLest`, body);
    expect(answer.status).toBe(400);
    expect(answer.json.message).toContain(expected);
    expect(answer.json.message).not.toContain('01819010002');
  });
});

describe('v1 slettFiler', () => {
  it('takes { id } objects and answers 204', async () => {
    const [a, b] = [addLetter(faces, KONTO), addLetter(faces, KONTO)];
    const answer = await call('POST', '/slettFiler', [{ id: a }, { id: b }, { id: a }]);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(lastCall()).toMatchObject({
      name: 'deleteDocuments',
      args: [KONTO, [a, b], 'ORIGINALDOKUMENTER'],
    });
  });

  it('does not pretend to have deleted what is no id', async () => {
    const answer = await call('POST', '/slettFiler', [{ id: 'tull' }]);
    expect([answer.status, answer.json.message]).toEqual([
      400,
      expect.stringContaining('[0].id: må være en UUID'),
    ]);
  });
});

describe('v1 look-ups', () => {
  it('lists each forsendelsestype once', async () => {
    expect((await call('GET', '/forsendelseTyper')).json).toEqual({
      forsendelseTyper: ['Byggesøknad', 'nav.digisos'],
    });
  });

  it('finds mottakersystemer by filter and by orgnr', async () => {
    faces.mottakersystemer.push(
      { id: 'm1', navn: 'Sak', organisasjonsnummer: ORGNR, forsendelsestype: 'nav.digisos', niva: 4 },
      { id: 'm2', navn: 'Arkiv', organisasjonsnummer: ORGNR, niva: 3 },
    );
    const treff = [
      {
        mottakerId: 'm1',
        mottakerSystem: 'Sak',
        organisasjonsNummer: ORGNR,
        forsendelsesType: 'nav.digisos',
        niva: 4,
      },
      { mottakerId: 'm2', mottakerSystem: 'Arkiv', organisasjonsNummer: ORGNR, niva: 3 },
    ];
    expect((await call('GET', `/mottakersystem/${ORGNR}`)).json).toEqual({ treff });
    expect(lastCall().args).toEqual([{ orgnr: ORGNR }]);
    const query = `organisasjonsNummer=${ORGNR}&forsendelsesType=Byggesøknad&niva=4`;
    expect((await call('GET', `/mottakersystem?${query}`)).json).toEqual({ treff });
    expect(lastCall().args).toEqual([{ orgnr: ORGNR, forsendelsestype: 'Byggesøknad', niva: 4 }]);
    await call('GET', '/mottakersystem?organisasjonsNummer=&forsendelsesType=&niva=');
    expect(lastCall().args).toEqual([{}]);
  });

  it.each(['?organisasjonsNummer=12', '?niva=5', '?forsendelsesType=a%20b', '/12'])(
    'refuses %s',
    async (path) => {
      expect((await call('GET', `/mottakersystem${path}`)).status).toBe(400);
    },
  );

  it.each([
    ['enkel', 'enkel'],
    ['2026/14-3', '2026/14-3'],
    ['S%C3%B8knad%20%2F1', 'Søknad /1'],
    ['a%2520b', 'a%20b'],
    ['hva?niva=4&x', 'hva?niva=4&x'],
    ['slutt/', 'slutt/'],
    ['a//b', 'a//b'],
    ['status', 'status'],
  ])('reads the reference %s as %s', async (path, reference) => {
    const id = addLetter(faces, KONTO, { eksternReferanse: reference });
    const answer = await call('GET', `/eksternref/${path}`);
    expect(answer.json).toEqual({ forsendelseIder: [{ id }] });
  });

  it('is reached from base addresses that end with a slash', async () => {
    const headers = { authorization: V1_AUTH };
    const get = (path: string) => fetch(`${faces.url}/${V1_PREFIX}/${path}`, { headers });
    expect((await get('/forsendelseTyper')).status).toBe(200);
    const id = addLetter(faces, KONTO, { eksternReferanse: 'x//y' });
    expect(await (await get('/eksternref/x//y')).json()).toEqual({ forsendelseIder: [{ id }] });
  });

  it('answers an empty list for an unknown reference, and refuses one that cannot exist', async () => {
    expect((await call('GET', '/eksternref/ukjent')).json).toEqual({ forsendelseIder: [] });
    expect((await call('GET', `/eksternref/${'x'.repeat(101)}`)).status).toBe(400);
    expect((await call('GET', '/eksternref/a%00b')).status).toBe(400);
  });
});

describe('the public key', () => {
  it('is there for anybody as PEM', async () => {
    const response = await fetch(`${faces.url}/forsendelse/publickey/hent`);
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/^-----BEGIN CERTIFICATE-----/);
  });
});
