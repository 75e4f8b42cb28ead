import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { FYLKE, KOMMUNE, LEVERANDOR, newKeys, sharedKeys } from './kontoer-fixture.ts';
import { type HttpFixture, type HttpSystem, startHttp } from './kontoer-http.ts';

const BASE = '/api/exchange/admin/organisasjoner';

describe('our own administration', () => {
  let http: HttpFixture;
  let mine: HttpSystem;
  let theirs: HttpSystem;
  let at: string;

  beforeAll(async () => {
    http = await startHttp();
    mine = await http.system(KOMMUNE);
    theirs = await http.system(LEVERANDOR);
    at = `${BASE}/${mine.tenant}`;
    const operator = http.operator(mine.tenant);
    await http.access.admin.grant(operator, mine.integrasjonId, 'exchange.organisasjon', mine.tenant);
  });

  it('creates a system whose integration can log in, and shows its password once', async () => {
    const made = await mine.call('POST', `${at}/systemer`, {
      navn: 'Nytt system',
      eposter: ['a@b.no'],
      offentlig: true,
    });
    expect([made.status, made.headers.get('cache-control')]).toEqual([201, 'no-store']);
    expect(made.body).toEqual({
      systemId: expect.any(String),
      integrasjonId: expect.any(String),
      integrasjonPassord: expect.stringMatching(/^.{32,}$/),
    });
    const { AUTHORIZATION } = mine.headers as Record<string, string>;
    const login = { AUTHORIZATION: AUTHORIZATION!, integrasjonId: made.body.integrasjonId };
    const path = `/fiks-protokoll/api/v1/konfigurasjon/${mine.tenant}/systemer/${made.body.systemId}`;
    const first = { ...login, integrasjonPassord: made.body.integrasjonPassord };
    expect((await http.call('GET', path, undefined, first)).body.navn).toBe('Nytt system');

    const rotated = await mine.call('POST', `${at}/systemer/${made.body.systemId}/passord`);
    expect([rotated.status, rotated.headers.get('cache-control')]).toEqual([201, 'no-store']);
    expect(rotated.body.integrasjonId).toBe(made.body.integrasjonId);
    expect((await http.call('GET', path, undefined, first)).status).toBe(401);
    const second = { ...login, integrasjonPassord: rotated.body.integrasjonPassord };
    expect((await http.call('GET', path, undefined, second)).status).toBe(200);

    const listed = (await mine.call('GET', `${at}/systemer`)).body;
    expect(listed).toContainEqual({
      systemId: made.body.systemId,
      integrasjonId: made.body.integrasjonId,
      navn: 'Nytt system',
      beskrivelse: '',
      offentlig: true,
      automatiskGodkjenning: false,
      konfigureresAvIntegrasjon: true,
      opprettet: expect.any(String),
    });
    expect(JSON.stringify(listed)).not.toContain(made.body.integrasjonPassord);

    const change = { konfigureresAvIntegrasjon: false };
    expect((await mine.call('PATCH', `${at}/systemer/${made.body.systemId}`, change)).status).toBe(204);
    expect((await http.call('GET', path, undefined, second)).status).toBe(403);
  });

  it('creates kontoer in any system of the organisation, with keys and their history', async () => {
    const { certificatePem } = await sharedKeys();
    const made = await mine.call('POST', `${at}/systemer/${mine.systemId}/kontoer`, {
      navn: 'Arkivkonto',
      protokoll: 'no.ks.fiks.arkiv',
      parter: [{ part: 'arkiv.full', versjon: 'v1' }],
      offentligNokkel: certificatePem,
    });
    expect(made.status).toBe(201);
    const { kontoId } = made.body;
    expect((await mine.call('GET', `${at}/kontoer`)).body).toEqual([
      {
        kontoId,
        systemId: mine.systemId,
        navn: 'Arkivkonto',
        beskrivelse: '',
        protokoll: 'no.ks.fiks.arkiv',
        parter: [{ part: 'arkiv.full', versjon: 'v1' }],
        aktiv: true,
        sendDeaktivert: false,
        opprettet: expect.any(String),
      },
    ]);
    const next = await newKeys();
    expect(
      (await mine.call('PUT', `${at}/kontoer/${kontoId}/nokkel`, { pem: next.certificatePem })).status,
    ).toBe(204);
    const nokler = (await mine.call('GET', `${at}/kontoer/${kontoId}/nokler`)).body;
    expect(nokler).toHaveLength(2);
    expect(nokler[0]).not.toHaveProperty('erstattet');
    expect(nokler[1]).toEqual({
      fingeravtrykk: expect.stringMatching(/^[0-9a-f]{64}$/),
      serienummer: expect.any(String),
      gyldigFra: expect.any(String),
      gyldigTil: expect.any(String),
      bits: 2048,
      opprettet: expect.any(String),
      erstattet: nokler[0].opprettet,
    });
    expect((await mine.call('PATCH', `${at}/kontoer/${kontoId}`, { sendDeaktivert: true })).status).toBe(204);
    const status = await mine.call('GET', `/fiks-io/katalog/api/v1/kontoer/${kontoId}/status`);
    expect(status.body).toMatchObject({
      gyldigAvsender: false,
      gyldigMottaker: true,
      melding: 'Sending er deaktivert',
    });
  });

  it('answers errors as problem documents that name field and rule', async () => {
    for (const [method, path, body, status, code] of [
      ['POST', `${at}/systemer`, {}, 400, 'exchange.invalid'],
      ['POST', `${at}/systemer`, { navn: 'x'.repeat(201) }, 400, 'exchange.invalid'],
      ['POST', `${at}/systemer`, { navn: 'S', autorisertOrgnr: '310000018' }, 400, 'exchange.invalid'],
      ['POST', `${at}/systemer`, { navn: 'S', eposter: ['ikke'] }, 400, 'exchange.invalid'],
      ['POST', `${at}/systemer/${randomUUID()}/passord`, undefined, 404, 'exchange.system_not_found'],
      ['POST', `${at}/systemer/x/passord`, undefined, 404, 'exchange.system_not_found'],
      ['PATCH', `${at}/systemer/x`, { konfigureresAvIntegrasjon: true }, 404, 'exchange.system_not_found'],
      ['POST', `${at}/systemer/${randomUUID()}/kontoer`, { navn: 'K' }, 404, 'exchange.system_not_found'],
      [
        'POST',
        `${at}/systemer/${mine.systemId}/kontoer`,
        { navn: 'K', protokoll: 'x' },
        400,
        'exchange.invalid',
      ],
      ['PATCH', `${at}/kontoer/${randomUUID()}`, { sendDeaktivert: true }, 404, 'exchange.konto_not_found'],
      ['PUT', `${at}/kontoer/x/nokkel`, { pem: 'x' }, 404, 'exchange.konto_not_found'],
      ['GET', `${at}/kontoer/x/nokler`, undefined, 404, 'exchange.konto_not_found'],
    ] as const) {
      const answer = await mine.call(method, path, body);
      expect([path, answer.status, answer.body.code]).toEqual([path, status, code]);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    }
  });

  it('does not take an id that is in use, nor an integration twice', async () => {
    const id = await http.admin.createKonto(theirs.ctx, { systemId: theirs.systemId, navn: 'Deres' });
    await expect(
      http.admin.createKonto(mine.ctx, { id, systemId: mine.systemId, navn: 'Min' }),
    ).rejects.toMatchObject({ code: 'kernel.conflict' });
    const { integrasjonId } = theirs;
    await expect(
      http.admin.registerSystem(mine.ctx, { systemId: randomUUID(), integrasjonId, navn: 'Min' }),
    ).rejects.toMatchObject({ code: 'kernel.conflict' });
    expect((await http.kontoer.find(mine.ctx, id))?.tenant).toBe(theirs.tenant);
  });

  it("is for who has been given the organisation, and does not find others' systems and kontoer in it", async () => {
    const konto = await http.admin.createKonto(theirs.ctx, { systemId: theirs.systemId, navn: 'Deres' });
    const calls = (base: string) =>
      [
        ['GET', `${base}/systemer`],
        ['POST', `${base}/systemer`, { navn: 'S' }],
        ['GET', `${base}/kontoer`],
        ['POST', `${base}/systemer/${theirs.systemId}/kontoer`, { navn: 'K' }],
        ['PATCH', `${base}/systemer/${theirs.systemId}`, { konfigureresAvIntegrasjon: false }],
        ['POST', `${base}/systemer/${theirs.systemId}/passord`],
        ['PUT', `${base}/kontoer/${konto}/nokkel`, { pem: 'x' }],
        ['PATCH', `${base}/kontoer/${konto}`, { sendDeaktivert: true }],
        ['GET', `${base}/kontoer/${konto}/nokler`],
      ] as const;
    for (const base of [`${BASE}/${theirs.tenant}`, `${BASE}/${randomUUID()}`, `${BASE}/x`])
      for (const [method, path, body] of calls(base))
        expect([path, (await mine.call(method, path, body)).body.code]).toEqual([
          path,
          'exchange.organisasjon_not_found',
        ]);
    // Without the grant not even the own organisation.
    expect((await theirs.call('GET', `${BASE}/${theirs.tenant}/systemer`)).status).toBe(404);
    const { certificatePem } = await sharedKeys();
    for (const [method, path, body] of calls(at).slice(3)) {
      const sent = path.endsWith('/nokkel') ? { pem: certificatePem } : body;
      expect([path, (await mine.call(method, path, sent)).status]).toEqual([path, 404]);
    }
    // A grant of another organisation's making for our id changes nothing.
    await http.access.admin.grant(
      http.operator(mine.tenant),
      theirs.integrasjonId,
      'exchange.organisasjon',
      theirs.tenant,
    );
    expect((await theirs.call('GET', `${BASE}/${theirs.tenant}/systemer`)).status).toBe(404);
    expect((await http.call('GET', `${at}/systemer`)).status).toBe(401);
  });

  it('is recorded in the audit log, with the integration that did it and without secrets', async () => {
    const made = await mine.call('POST', `${at}/systemer`, { navn: 'Revidert' });
    const { rows } = await http.test.owner.query(
      `select operation, actor_kind, actor_id, tenant_id from kernel.audit where object = $1 order by operation`,
      [made.body.systemId],
    );
    const who = {
      actor_kind: 'system',
      actor_id: `integration:${mine.integrasjonId}`,
      tenant_id: mine.tenant,
    };
    expect(rows).toEqual([
      { operation: 'access.system.create', ...who },
      { operation: 'exchange.system.create', ...who },
    ]);
    const all = await http.test.owner.query(
      'select string_agg(a::text, chr(10)) as text from kernel.audit a',
    );
    expect(all.rows[0].text).not.toContain(made.body.integrasjonPassord);
  });

  it('lets only the operator create organisations', async () => {
    const input = {
      orgnr: FYLKE,
      navn: 'Eksempel fylke',
      type: 'fylkeskommune',
      kommunenummer: '4600',
    } as const;
    await expect(http.admin.createOrganisasjon(mine.ctx, input)).rejects.toMatchObject({
      code: 'kernel.forbidden',
    });
    await expect(
      http.admin.createOrganisasjon(http.operator(), { ...input, kommunenummer: '46' }),
    ).rejects.toMatchObject({ code: 'exchange.invalid' });
    expect(await http.access.findOrganisation(http.operator(), { orgnr: FYLKE })).toBeNull();
    const organisation = await http.admin.createOrganisasjon(http.operator(), input);
    expect(organisation).toMatchObject({ orgnr: FYLKE, name: 'Eksempel fylke' });
    await expect(http.admin.createOrganisasjon(http.operator(), input)).rejects.toMatchObject({
      code: 'access.organisation_exists',
    });
    await expect(http.admin.createSystem(mine.ctx, { navn: 'S' })).rejects.toMatchObject({
      code: 'kernel.forbidden',
    });
  });
});
