import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ProtokollDefinisjon } from '../protocols/catalogue.ts';
import type { KontoFacts } from '../service/kontoer/konto-facts.ts';
import { acceptAvsender, limitAvsendere } from '../service/kontoer/manage-avsendere.ts';
import { giveTilgang } from '../service/kontoer/manage-tilganger.ts';
import { brokenSendRules } from '../service/kontoer/send-rules.ts';
import {
  createFixture,
  createOrganisation,
  createTestSystem,
  type Fixture,
  KOMMUNE,
  LEVERANDOR,
  type TestSystem,
} from './kontoer-fixture.ts';

const ANY_TYPE = 'no.eksempel.melding.v1';
const ARKIV = 'no.ks.fiks.arkiv';
const SOK = 'no.ks.fiks.arkiv.v1.innsyn.sok';

describe('sending', () => {
  let fixture: Fixture;
  let mine: TestSystem;
  let theirs: TestSystem;
  let avsender: string;
  let mottaker: string;

  const create = (system: TestSystem, more: object = {}) =>
    fixture.admin.createKonto(system.ctx, { systemId: system.systemId, navn: 'Konto', ...more });
  const protokoll = (system: TestSystem, part: string, versjon = 'v1') =>
    create(system, { protokoll: ARKIV, parter: [{ part, versjon }] });
  const send = (change: object = {}, system: TestSystem = mine) =>
    fixture.kontoer.checkSend(system.ctx, system.principal, {
      avsenderKontoId: avsender,
      mottakerKontoId: mottaker,
      meldingType: ANY_TYPE,
      harPayload: true,
      ...change,
    });
  const refusal = (change?: object, system?: TestSystem) =>
    send(change, system).then(
      () => 'sent',
      (error: { code: string; status: number }) => `${error.status} ${error.code.replace('exchange.', '')}`,
    );

  beforeAll(async () => {
    fixture = await createFixture();
    mine = await createTestSystem(fixture, await createOrganisation(fixture, KOMMUNE));
    theirs = await createTestSystem(fixture, await createOrganisation(fixture, LEVERANDOR));
  });

  beforeEach(async () => {
    avsender = await create(mine);
    mottaker = await create(theirs);
  });

  describe('between bare Fiks IO-kontoer', () => {
    it('takes any type, and gives both kontoer', async () => {
      const { avsender: from, mottaker: to } = await send();
      expect(from).toMatchObject({ id: avsender, tenant: mine.tenant, integrasjonId: mine.integrasjonId });
      expect(to).toMatchObject({ id: mottaker, tenant: theirs.tenant, protokoll: undefined, aktiv: true });
    });

    it("refuses a sender that is unknown, deleted, no UUID or somebody else's alike", async () => {
      const deleted = await create(mine);
      await fixture.admin.removeKonto(mine.ctx, deleted);
      for (const avsenderKontoId of [randomUUID(), 'x', deleted, mottaker])
        expect(await refusal({ avsenderKontoId })).toBe('403 avsender_not_allowed');
      expect(await refusal({}, theirs)).toBe('403 avsender_not_allowed');
    });

    it('does not find a receiver that is unknown or deleted', async () => {
      expect(await refusal({ mottakerKontoId: randomUUID() })).toBe('404 mottaker_not_found');
      expect(await refusal({ mottakerKontoId: '' })).toBe('404 mottaker_not_found');
      await fixture.admin.removeKonto(theirs.ctx, mottaker);
      expect(await refusal()).toBe('404 mottaker_not_found');
    });

    it('knows of changes in the same process at once', async () => {
      expect(await refusal()).toBe('sent');
      await fixture.admin.deactivateKonto(theirs.ctx, mottaker);
      expect(await refusal()).toBe('403 send_deactivated');
      await fixture.admin.activateKonto(theirs.ctx, mottaker);
      await fixture.admin.setSendDeaktivert(mine.ctx, avsender, true);
      expect(await refusal()).toBe('403 send_deactivated');
      await fixture.admin.setSendDeaktivert(mine.ctx, avsender, false);
      // A konto that may not send still receives.
      await fixture.admin.setSendDeaktivert(theirs.ctx, mottaker, true);
      expect(await refusal()).toBe('sent');
    });

    it('asks the receiver who it accepts, when that is limited', async () => {
      await limitAvsendere(theirs.ctx, fixture.deps, mottaker, true);
      expect(await refusal()).toBe('403 not_accepted');
      await acceptAvsender(theirs.ctx, fixture.deps, mottaker, avsender);
      expect(await refusal()).toBe('sent');
    });

    it('believes for at most 5 s what another process has changed', async () => {
      const other = await createFixture(fixture.test);
      other.clock.now = fixture.clock.now;
      expect(await refusal()).toBe('sent');
      await other.admin.deactivateKonto(theirs.ctx, mottaker);
      expect(await refusal()).toBe('sent');
      const before = fixture.clock.now;
      fixture.clock.now = new Date(before.getTime() + 5_000);
      expect(await refusal()).toBe('403 send_deactivated');
      fixture.clock.now = before;
    });
  });

  describe('between protokoll-kontoer', () => {
    beforeEach(async () => {
      avsender = await protokoll(mine, 'klient.full');
      mottaker = await protokoll(theirs, 'arkiv.full');
    });
    const grant = () => {
      // As if the system had been found: it is public while access is given.
      return fixture.test.owner
        .query('update exchange.system set offentlig = true')
        .then(() => giveTilgang(theirs.ctx, fixture.deps, mottaker, mine.systemId));
    };

    it('needs access for the system, from the konto that receives', async () => {
      expect(await refusal({ meldingType: SOK })).toBe('403 no_access');
      await grant();
      expect(await refusal({ meldingType: SOK })).toBe('sent');
      // Any konto of the system may use it.
      avsender = await protokoll(mine, 'klient.full');
      expect(await refusal({ meldingType: SOK })).toBe('sent');
    });

    it('follows the catalogue of the protocol', async () => {
      await grant();
      expect(await refusal({ meldingType: SOK, harPayload: false })).toBe('400 payload_rule');
      expect(await refusal({ meldingType: `${SOK}.finnes.ikke` })).toBe('400 type_not_allowed');
      const receipt = 'no.ks.fiks.arkiv.v1.arkivering.arkivmelding.oppdater.mottatt';
      expect(await refusal({ meldingType: receipt, harPayload: false })).toBe('400 type_not_allowed');
    });

    it('is never mixed with bare kontoer', async () => {
      await grant();
      expect(await refusal({ avsenderKontoId: await create(mine), meldingType: SOK })).toBe(
        '400 type_not_allowed',
      );
      expect(await refusal({ mottakerKontoId: await create(theirs), meldingType: SOK })).toBe(
        '400 type_not_allowed',
      );
    });
  });
});

describe('the sending rule', () => {
  const A = '0190c0de-0000-7000-8000-0000000000a1';
  const konto = (change: Partial<KontoFacts>): KontoFacts => ({
    id: A,
    tenant: A,
    systemId: A,
    integrasjonId: A,
    navn: 'Konto',
    beskrivelse: '',
    protokoll: 'no.test',
    aktiv: true,
    sendDeaktivert: false,
    slettet: false,
    aksepterteAvsendereAktivert: false,
    konfigureresAvIntegrasjon: true,
    offentlig: false,
    kommunenummer: undefined,
    parter: [],
    ...change,
  });
  const type = (navn: string, payload: 'NEVER' | 'REQUIRED' | 'OPTIONAL') => ({
    navn,
    payload,
    erFeilmelding: false,
    svar: [],
    filer: [],
  });
  const part = (navn: string, avsender: string[], mottaker: string[], stottedeParter: string[]) => ({
    navn,
    beskrivelse: '',
    avsender,
    mottaker,
    stottedeParter,
  });
  const definisjon = (versjon: string, status: 'AKTIV' | 'DEAKTIVERT' = 'AKTIV'): ProtokollDefinisjon => ({
    navn: 'no.test',
    versjon,
    beskrivelse: '',
    status,
    utkast: false,
    meldingstyper: [
      type('be', 'REQUIRED'),
      type('svar', 'NEVER'),
      type('begge', 'OPTIONAL'),
      type('tre', 'OPTIONAL'),
    ],
    parter: [
      part('klient', ['be', 'begge', 'tre'], ['svar'], ['tjener']),
      part('tjener', ['svar', 'begge'], ['be', 'begge'], ['klient']),
      // Takes the type, but does not talk with clients.
      part('innsyn', [], ['be', 'tre'], []),
    ],
  });
  const protocols = [definisjon('v1'), definisjon('v2'), definisjon('v3', 'DEAKTIVERT')];
  const find = (navn: string, versjon: string) =>
    protocols.find((each) => each.navn === navn && each.versjon === versjon);
  const play = (...parts: string[]) =>
    parts.map((each) => {
      const [name, versjon = 'v1'] = each.split('@');
      return { part: name!, versjon };
    });
  const judge = (
    from: Partial<KontoFacts>,
    to: Partial<KontoFacts>,
    meldingType: string,
    harPayload: boolean,
    forhold = { tilgang: true, akseptert: true },
  ) =>
    brokenSendRules(
      { avsender: konto(from), mottaker: konto(to), forhold, meldingType, harPayload },
      find,
    ).map((error) => error.message);
  const klient = { parter: play('klient') };
  const tjener = { parter: play('tjener') };

  it.each([
    ['be', true, []],
    ['begge', true, []],
    ['begge', false, []],
    ['be', false, ['Meldingstypen be: må ha innhold']],
    ['tre', true, [expect.stringContaining('mottakerkontoens parter tar ikke imot')]],
    ['svar', false, [expect.stringContaining('avsenderkontoens parter sender ikke')]],
    ['ukjent', true, [expect.stringContaining('er ikke i protokollen')]],
    ['', true, [expect.stringContaining('er ikke i protokollen')]],
  ])('client to server: %s, payload %s', (meldingType, harPayload, expected) => {
    expect(judge(klient, tjener, meldingType, harPayload)).toEqual(expected);
  });

  it.each([
    ['svar', false, []],
    ['svar', true, ['Meldingstypen svar: kan ikke ha innhold']],
    ['be', true, [expect.stringContaining('sender ikke')]],
  ])('server to client: %s, payload %s', (meldingType, harPayload, expected) => {
    expect(judge(tjener, klient, meldingType, harPayload)).toEqual(expected);
  });

  it.each([
    ['the receiver does not support the party', klient, { parter: play('innsyn') }, 'støtter ikke'],
    ['no version in common', klient, { parter: play('tjener@v2') }, 'ingen felles versjon'],
    ['no parties at all', { parter: [] }, tjener, 'ingen felles versjon'],
    ['a disabled version', { parter: play('klient@v3') }, { parter: play('tjener@v3') }, 'deaktivert'],
    ['another protocol', klient, { ...tjener, protokoll: 'no.annen' }, 'ulike protokoller'],
    ['a bare sender', { protokoll: undefined }, tjener, 'ren Fiks IO-konto'],
    ['a bare receiver', klient, { protokoll: undefined }, 'ren Fiks IO-konto'],
  ])('refuses %s', (_why, from, to, text) => {
    expect(judge(from, to, 'be', true)).toEqual([expect.stringContaining(text)]);
  });

  it('needs only one version and one pair of parties that fit', () => {
    expect(
      judge({ parter: play('klient@v1', 'klient@v2') }, { parter: play('tjener@v2') }, 'be', true),
    ).toEqual([]);
    expect(judge(klient, { parter: play('innsyn', 'tjener') }, 'be', true)).toEqual([]);
    // Sender and receiver must fit within one and the same version.
    expect(
      judge(
        { parter: play('klient@v1', 'tjener@v2') },
        { parter: play('klient@v1', 'tjener@v2') },
        'be',
        true,
      ),
    ).toEqual([expect.stringContaining('støtter ikke')]);
  });

  it('tells every broken rule at once', () => {
    const broken = judge(
      { ...klient, aktiv: false, sendDeaktivert: true },
      { ...tjener, aktiv: false, aksepterteAvsendereAktivert: true },
      'be',
      false,
      { tilgang: false, akseptert: false },
    );
    expect(broken).toHaveLength(6);
  });

  it('asks bare kontoer for no access', () => {
    const bare = { protokoll: undefined };
    expect(judge(bare, bare, 'hva som helst', true, { tilgang: false, akseptert: false })).toEqual([]);
  });
});
