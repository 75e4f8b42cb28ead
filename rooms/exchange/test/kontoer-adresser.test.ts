import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { KOMMUNE, LEVERANDOR } from './kontoer-fixture.ts';
import { type HttpFixture, type HttpSystem, startHttp } from './kontoer-http.ts';

const BASE = '/fiks-io/konto/api/v1';
const KATALOG = '/fiks-io/katalog/api/v1';

describe('addresses', () => {
  let http: HttpFixture;
  let mine: HttpSystem;
  let theirs: HttpSystem;
  let myKonto: string;
  let theirKonto: string;

  beforeAll(async () => {
    http = await startHttp();
    mine = await http.system(KOMMUNE);
    theirs = await http.system(LEVERANDOR);
    myKonto = await http.admin.createKonto(mine.ctx, { systemId: mine.systemId, navn: 'Min' });
    theirKonto = await http.admin.createKonto(theirs.ctx, { systemId: theirs.systemId, navn: 'Deres' });
    for (const { tenant } of [mine, theirs])
      for (const nummer of ['100', '200', '300', '301', '400', '500', '600', '700'])
        await http.admin.grantIdentifikator(http.operator(tenant), `NAVENHET_ID.${nummer}`);
  });

  /** An address with these values, not active. */
  async function adresse(
    system: HttpSystem,
    kontoId: string,
    nummer: string,
    protokoller: string[],
    nivaer: number[],
  ) {
    const at = `${BASE}/kontoer/${kontoId}/adresser`;
    const made = await system.call('POST', at, { beskrivelse: 'Postmottak' });
    const path = `${at}/${made.body.adresseId}`;
    const answers = [
      await system.call('POST', `${path}/identifikatorer`, [
        { identifikatorType: 'NAVENHET_ID', identifikator: nummer },
      ]),
      await system.call(
        'POST',
        `${path}/meldingsprotokoller`,
        protokoller.map((meldingsprotokoll) => ({ meldingsprotokoll })),
      ),
      await system.call(
        'POST',
        `${path}/sikkerhetsnivaer`,
        nivaer.map((sikkerhetsniva) => ({ sikkerhetsniva })),
      ),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    return { path, id: made.body.adresseId as string };
  }

  it('has exactly the published fields, and becomes valid with a value of each kind', async () => {
    const at = `${BASE}/kontoer/${myKonto}/adresser`;
    const made = await mine.call('POST', at, { beskrivelse: 'Byggesak, nord' });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      fiksOrgId: mine.tenant,
      kontoId: myKonto,
      adresseId: expect.any(String),
      opprettet: expect.any(String),
      sistEndret: expect.any(String),
      aktiv: false,
      gyldig: false,
      identifikatorer: [],
      meldingsprotokoller: [],
      sikkerhetsnivaer: [],
      beskrivelse: 'Byggesak, nord',
    });
    const { path } = await adresse(mine, myKonto, '100', ['no.a.v1', 'no.b.v1'], [3, 4, 3]);
    const listed = (await mine.call('GET', at)).body;
    expect(listed).toHaveLength(2);
    expect(listed[1]).toMatchObject({
      gyldig: true,
      identifikatorer: ['NAVENHET_ID.100'],
      meldingsprotokoller: ['no.a.v1', 'no.b.v1'],
      sikkerhetsnivaer: [3, 4],
    });
    const fewer = await mine.call('POST', `${path}/meldingsprotokoller/fjern`, [
      { meldingsprotokoll: 'no.b.v1' },
    ]);
    expect(fewer.body.meldingsprotokoller).toEqual(['no.a.v1']);
    expect((await mine.call('PUT', `${path}/beskrivelse`, { beskrivelse: 'Sør' })).body.beskrivelse).toBe(
      'Sør',
    );
    const gone = await mine.call('DELETE', path);
    expect([gone.status, gone.body]).toEqual([200, undefined]);
    expect((await mine.call('DELETE', path)).body.errorCode).toBe('exchange.adresse_not_found');
  });

  it('is activated with a value of each kind only, and keeps one of each while it is active', async () => {
    const { path } = await adresse(mine, myKonto, '200', ['no.a.v1'], [3]);
    await mine.call('POST', `${path}/sikkerhetsnivaer/fjern`, [{ sikkerhetsniva: 3 }]);
    const early = await mine.call('PUT', `${path}/aktiver`);
    expect([early.status, early.body.errorCode]).toEqual([400, 'exchange.adresse_conflict']);
    await mine.call('POST', `${path}/sikkerhetsnivaer`, [{ sikkerhetsniva: 3 }]);
    expect((await mine.call('PUT', `${path}/aktiver`)).body).toMatchObject({ aktiv: true, gyldig: true });
    const last = await mine.call('POST', `${path}/identifikatorer/fjern`, [
      { identifikatorType: 'NAVENHET_ID', identifikator: '200' },
    ]);
    expect([last.status, last.body.errorCode]).toEqual([400, 'exchange.adresse_conflict']);
    expect((await mine.call('PUT', `${path}/deaktiver`)).body.aktiv).toBe(false);
  });

  it('may not overlap with another active one in all three, whoever owns it', async () => {
    const first = await adresse(theirs, theirKonto, '300', ['no.a.v1', 'no.b.v1'], [3, 4]);
    expect((await theirs.call('PUT', `${first.path}/aktiver`)).status).toBe(200);
    for (const [nummer, protokoll, niva] of [
      ['301', 'no.a.v1', 3],
      ['300', 'no.c.v1', 3],
      ['300', 'no.a.v1', 2],
    ] as const) {
      const other = await adresse(mine, myKonto, nummer, [protokoll], [niva]);
      expect((await mine.call('PUT', `${other.path}/aktiver`)).status).toBe(200);
    }
    const same = await adresse(mine, myKonto, '300', ['no.b.v1', 'no.d.v1'], [4]);
    const refused = await mine.call('PUT', `${same.path}/aktiver`);
    const konflikt = {
      fiksOrgId: theirs.tenant,
      fiksOrgVisningsnavn: `Eksempel ${LEVERANDOR}`,
      kontoId: theirKonto,
      kontoNavn: 'Deres',
      adresseId: first.id,
      identifikatorer: ['NAVENHET_ID.300'],
      meldingsprotokoller: ['no.b.v1'],
      sikkerhetsnivaer: [4],
    };
    expect([refused.status, refused.body]).toEqual([400, [konflikt]]);
    const listed = (await mine.call('GET', `${BASE}/kontoer/${myKonto}/adresser`)).body;
    expect(listed.find((each: { adresseId: string }) => each.adresseId === same.id).aktiv).toBe(false);

    // An active one must not come to overlap by a new value either.
    await mine.call('POST', `${same.path}/meldingsprotokoller/fjern`, [{ meldingsprotokoll: 'no.b.v1' }]);
    expect((await mine.call('PUT', `${same.path}/aktiver`)).status).toBe(200);
    const grown = await mine.call('POST', `${same.path}/meldingsprotokoller`, [
      { meldingsprotokoll: 'no.b.v1' },
    ]);
    expect([grown.status, grown.body]).toEqual([400, [konflikt]]);

    const matches = await mine.call('POST', `${KATALOG}/matchendeAdresser`, {
      identifikator: [{ identifikatorType: 'NAVENHET_ID', identifikator: '300' }],
      meldingType: ['no.b.v1'],
      sikkerhetsnivaer: [4, 1],
    });
    expect(matches.body).toEqual([
      {
        fiksOrgId: theirs.tenant,
        kontoId: theirKonto,
        adresseId: first.id,
        identifikatorMatch: ['NAVENHET_ID.300'],
        meldingTypeMatch: ['no.b.v1'],
        nivaMatch: [4],
      },
    ]);
    const own = await theirs.call('POST', `${KATALOG}/matchendeAdresser`, {
      adresseId: first.id,
      identifikator: [{ identifikatorType: 'NAVENHET_ID', identifikator: '300' }],
      meldingType: ['no.b.v1'],
      sikkerhetsnivaer: [4],
    });
    expect(own.body).toEqual([]);
  });

  it('lets one of two that are activated at once through', async () => {
    const pair = await Promise.all(
      [mine, theirs].map((system, nr) =>
        adresse(system, nr === 0 ? myKonto : theirKonto, '400', ['no.a.v1'], [3]),
      ),
    );
    const answers = await Promise.all(
      pair.map(({ path }, nr) => (nr === 0 ? mine : theirs).call('PUT', `${path}/aktiver`)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  });

  it('is found by lookup while it and its konto are active', async () => {
    const { path } = await adresse(theirs, theirKonto, '500', ['no.ks.fiks.æøå'], [3]);
    const query = `identifikator=NAVENHET_ID.500&meldingProtokoll=${encodeURIComponent('no.ks.fiks.æøå')}&sikkerhetsniva=3`;
    expect((await mine.call('GET', `${KATALOG}/lookup?${query}`)).status).toBe(404);
    await theirs.call('PUT', `${path}/aktiver`);
    const found = await mine.call('GET', `${KATALOG}/lookup?${query}`);
    expect([found.status, found.body.kontoId]).toEqual([200, theirKonto]);
    expect((await mine.call('GET', `${KATALOG}/lookup?${query.replace('=3', '=4')}`)).status).toBe(404);
    for (const bad of [
      '',
      'identifikator=orgno.5&meldingProtokoll=a&sikkerhetsniva=3',
      'identifikator=ORG_NO.5&meldingProtokoll=a-b&sikkerhetsniva=3',
      'identifikator=ORG_NO.5&meldingProtokoll=a&sikkerhetsniva=5',
      'identifikator=ORG_NO.5&meldingProtokoll=a&sikkerhetsniva=3&sikkerhetsniva=4',
    ])
      expect((await mine.call('GET', `${KATALOG}/lookup?${bad}`)).status).toBe(400);
    await theirs.call('DELETE', `${BASE}/kontoer/${theirKonto}`);
    expect((await mine.call('GET', `${KATALOG}/lookup?${query}`)).status).toBe(404);
    theirKonto = await http.admin.createKonto(theirs.ctx, { systemId: theirs.systemId, navn: 'Deres' });
  });

  it("takes no organisation number of somebody else's", async () => {
    const { path } = await adresse(mine, myKonto, '600', ['no.a.v1'], [3]);
    const orgNo = (identifikator: string) => [{ identifikatorType: 'ORG_NO', identifikator }];
    const refused = await mine.call('POST', `${path}/identifikatorer`, orgNo(LEVERANDOR));
    expect([refused.status, refused.body.errorCode]).toEqual([400, 'exchange.adresse_conflict']);
    expect((await mine.call('POST', `${path}/identifikatorer`, orgNo(KOMMUNE))).status).toBe(200);
    // Registered nowhere here: it has an owner all the same.
    const unknown = await mine.call('POST', `${path}/identifikatorer`, orgNo('974760673'));
    expect([unknown.status, unknown.body.errorCode]).toEqual([400, 'exchange.adresse_conflict']);
    expect(unknown.body.message).toContain('974760673 er ikke registrert');
    // One that an earlier version let in is not activated.
    await http.test.owner.query(
      `update exchange.adresse set identifikatorer = '{ORG_NO.974760673}' where id = $1`,
      [path.split('/').at(-1)],
    );
    const activated = await mine.call('PUT', `${path}/aktiver`);
    expect([activated.status, activated.body.errorCode]).toEqual([400, 'exchange.adresse_conflict']);
  });

  it('takes what no register here knows the owner of from who has been given it, until it is taken back', async () => {
    const { path, id } = await adresse(mine, myKonto, '600', ['no.a.v1'], [2]);
    for (const [type, nummer] of [
      ['NAVENHET_ID', '800'],
      ['ORG_NO', LEVERANDOR],
    ] as const) {
      const identifikator = `${type}.${nummer}`;
      const add = () =>
        mine.call('POST', `${path}/identifikatorer`, [{ identifikatorType: type, identifikator: nummer }]);
      const refused = await add();
      expect([refused.status, refused.body.errorCode]).toEqual([400, 'exchange.adresse_conflict']);
      expect(refused.body.message).toContain(
        `npx grunnmur exchange identifier grant ${identifikator} --orgnr`,
      );

      // Given to another, it is still not ours.
      await http.admin.grantIdentifikator(http.operator(theirs.tenant), identifikator);
      expect((await add()).status).toBe(400);
      const operator = http.operator(mine.tenant);
      expect(await http.admin.grantIdentifikator(operator, identifikator)).toBe(true);
      expect(await http.admin.grantIdentifikator(operator, identifikator)).toBe(false);
      expect((await add()).status).toBe(200);
      expect((await mine.call('PUT', `${path}/aktiver`)).body.aktiv).toBe(true);
      expect(await http.admin.strayIdentifikatorer(http.operator())).toEqual([]);

      expect(await http.admin.revokeIdentifikator(operator, identifikator)).toEqual([id]);
      expect(await http.admin.revokeIdentifikator(operator, identifikator)).toBeUndefined();
      expect((await mine.call('PUT', `${path}/aktiver`)).body.errorCode).toBe('exchange.adresse_conflict');
      // Earlier versions let it be active: that is told, and nothing is removed.
      await http.test.owner.query('update exchange.adresse set aktiv = true where id = $1', [id]);
      expect(await http.admin.strayIdentifikatorer(http.operator())).toEqual([
        { tenant_id: mine.tenant, konto_id: myKonto, adresse_id: id, identifikator },
      ]);
      const taken = await mine.call('POST', `${path}/identifikatorer/fjern`, [
        { identifikatorType: type, identifikator: nummer },
      ]);
      expect([taken.status, taken.body.aktiv]).toEqual([200, true]);
      await mine.call('PUT', `${path}/deaktiver`);
    }
    const { rows } = await http.test.owner.query(
      `select operation, outcome from kernel.audit where tenant_id = $1 and operation like 'exchange.identifikator.%' and detail->>'identifikator' = 'NAVENHET_ID.800'`,
      [mine.tenant],
    );
    expect(rows.map(({ operation }) => operation)).toEqual(
      expect.arrayContaining(['exchange.identifikator.grant', 'exchange.identifikator.revoke']),
    );
  });

  it('gives no organisation a right that it takes itself', async () => {
    await expect(http.admin.grantIdentifikator(mine.ctx, 'NAVENHET_ID.900')).rejects.toMatchObject({
      code: '42501',
    });
    await expect(http.admin.revokeIdentifikator(mine.ctx, 'NAVENHET_ID.100')).rejects.toMatchObject({
      code: '42501',
    });
    await expect(http.admin.grantIdentifikator(http.operator(mine.tenant), 'FNR.1')).rejects.toMatchObject({
      code: 'exchange.invalid',
    });
  });

  it('names what is wrong with values', async () => {
    const { path } = await adresse(mine, myKonto, '700', ['no.a.v1'], [3]);
    for (const [where, body] of [
      ['identifikatorer', []],
      ['identifikatorer', {}],
      ['identifikatorer', undefined],
      ['identifikatorer', [{ identifikator: '1' }]],
      ['identifikatorer', [{ identifikatorType: 'FNR', identifikator: '1' }]],
      ['identifikatorer', [{ identifikatorType: 'ORG_NO', identifikator: 'x' }]],
      ['meldingsprotokoller', [{ meldingsprotokoll: 'med mellomrom' }]],
      ['sikkerhetsnivaer', [{ sikkerhetsniva: 5 }]],
      ['sikkerhetsnivaer', [{ sikkerhetsniva: '3' }]],
      ['sikkerhetsnivaer/fjern', [3]],
    ] as const) {
      const answer = await mine.call('POST', `${path}/${where}`, body);
      expect([answer.status, answer.body.errorCode]).toEqual([400, 'exchange.invalid']);
    }
    for (const beskrivelse of ['', '<script>', 'x'.repeat(501)])
      expect((await mine.call('PUT', `${path}/beskrivelse`, { beskrivelse })).status).toBe(400);
    const elsewhere = path.replace(/[^/]+$/, randomUUID());
    expect((await mine.call('PUT', `${elsewhere}/aktiver`)).body.errorCode).toBe(
      'exchange.adresse_not_found',
    );
    expect((await mine.call('PUT', `${path.replace(/[^/]+$/, 'x')}/aktiver`)).status).toBe(404);
    // The address exists, but not below this konto.
    const another = await http.admin.createKonto(mine.ctx, { systemId: mine.systemId, navn: 'Annen' });
    expect((await mine.call('PUT', `${path.replace(myKonto, another)}/aktiver`)).status).toBe(404);
    for (const body of [{}, { identifikator: [], meldingType: [], sikkerhetsnivaer: [9] }])
      expect((await mine.call('POST', `${KATALOG}/matchendeAdresser`, body)).status).toBe(400);
  });
});
