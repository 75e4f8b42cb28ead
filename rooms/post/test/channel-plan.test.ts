import type { Contact } from '@grunnmur/registers';
import { describe, expect, it } from 'vitest';
import { channelPlan, matchSystem } from '../service/channel-plan.ts';
import { readKontoSettings } from '../service/konto-settings.ts';
import type { Forsendelse } from '../store/forsendelse-store.ts';
import type { Mottakersystem } from '../types.ts';

const FNR = '01819010192';
const ORGNR = '310000027';
const ADDRESS = { poststed: 'OSLO', postnummer: '0001' };

function letter(change: Partial<Forsendelse> & { utenAdresse?: boolean } = {}): Forsendelse {
  const { utenAdresse, ...rest } = change;
  const mottaker = { navn: 'Ola', ...(utenAdresse ? {} : { adresse: ADDRESS }) };
  return {
    mottakerId: FNR,
    kunDigital: false,
    niva4: false,
    forsendelsestype: null,
    innhold: { mottaker } as Forsendelse['innhold'],
    ...rest,
  } as Forsendelse;
}

function contact(change: Partial<Contact> = {}): Contact {
  return { fnr: FNR, registered: true, reserved: false, status: 'AKTIV', notifiable: true, ...change };
}

const MAILBOX: Contact['mailbox'] = { address: 'ola#1', supplierOrgnr: '984661185', certificatePem: 'x' };
const DEFAULTS = readKontoSettings({});
const system = (change: Partial<Mottakersystem> = {}): Mottakersystem => ({
  id: 'alt',
  navn: 'Arkiv',
  organisasjonsnummer: ORGNR,
  niva: 3,
  ...change,
});

/** SvarUt: channel choice, row by row. Rows 1 (NHN) and the v3 print endpoint belong to faces not mounted yet. */
describe('channels of a letter', () => {
  const plan = (
    change: Parameters<typeof letter>[0],
    who?: Contact,
    settings = DEFAULTS,
    systems: Mottakersystem[] = [],
  ) => channelPlan(letter(change), settings, who, systems);

  it('row 2: print without a digital id', () => {
    expect(plan({ mottakerId: null })).toEqual({ kanaler: ['print'], grunn: 'uten_digital_id' });
  });

  it('row 3: the receiving system of an organisation, then Altinn', () => {
    expect(plan({ mottakerId: ORGNR }, undefined, DEFAULTS, [system()])).toEqual({
      kanaler: ['svarinn', 'altinn'],
      grunn: 'mottakersystem',
    });
  });

  it('row 4: Altinn for an organisation without one, and paper only when the sender has chosen it', () => {
    const grunn = 'altinn_organisasjon';
    expect(plan({ mottakerId: ORGNR })).toEqual({ kanaler: ['altinn'], grunn });
    const paper = readKontoSettings({ printOrganisasjoner: true });
    expect(plan({ mottakerId: ORGNR }, undefined, paper)).toEqual({ kanaler: ['altinn', 'print'], grunn });
    expect(plan({ mottakerId: ORGNR, kunDigital: true }, undefined, paper)).toEqual({
      kanaler: ['altinn'],
      grunn,
    });
    expect(plan({ mottakerId: ORGNR }, undefined, paper, [system()]).kanaler).toEqual([
      'svarinn',
      'altinn',
      'print',
    ]);
  });

  it.each([
    ['reserved', contact({ reserved: true, mailbox: MAILBOX }), 'krr_reservert'],
    ['not in the register', contact({ registered: false, status: 'IKKE_REGISTRERT' }), 'krr_ikke_registrert'],
    ['deleted from it', contact({ registered: false, status: 'SLETTET' }), 'krr_slettet'],
    ['not notifiable', contact({ notifiable: false }), 'krr_kan_ikke_varsles'],
    ['not looked up', undefined, 'krr_ikke_registrert'],
  ] as const)('row 5: paper for a person who is %s, nothing when digital only', (_, who, grunn) => {
    expect(plan({}, who)).toEqual({ kanaler: ['print'], grunn });
    expect(plan({ kunDigital: true }, who)).toEqual({ kanaler: [], grunn });
  });

  it('row 6: the chosen mailbox when the account uses it, then Altinn, then paper', () => {
    const who = contact({ mailbox: MAILBOX });
    expect(plan({}, who)).toEqual({ kanaler: ['sdp', 'altinn', 'print'], grunn: 'sdp' });
    expect(plan({}, contact({ mailbox: MAILBOX, notifiable: false })).kanaler).toEqual(['sdp', 'print']);
    expect(plan({}, who, readKontoSettings({ sdp: false }))).toEqual({
      kanaler: ['altinn', 'print'],
      grunn: 'altinn',
    });
  });

  it('row 7: Altinn otherwise, then paper', () => {
    expect(plan({}, contact())).toEqual({ kanaler: ['altinn', 'print'], grunn: 'altinn' });
  });

  it('row 8: the same digital choice and never paper for what is digital only', () => {
    expect(plan({ kunDigital: true }, contact({ mailbox: MAILBOX })).kanaler).toEqual(['sdp', 'altinn']);
    expect(plan({ kunDigital: true }, contact()).kanaler).toEqual(['altinn']);
  });

  it('no paper without a place to send it to', () => {
    expect(plan({ utenAdresse: true }, contact()).kanaler).toEqual(['altinn']);
    expect(plan({ utenAdresse: true, mottakerId: null }).kanaler).toEqual([]);
  });
});

describe('the receiving system of a letter', () => {
  const all = system();
  const building = system({ id: 'bygg', forsendelsestype: 'ks.byggesøknad' });
  const matched = (change: Partial<Forsendelse>, ...systems: Mottakersystem[]) =>
    matchSystem(letter({ mottakerId: ORGNR, ...change }), systems)?.id;

  it('is the one for its type before the one for all', () => {
    expect(matched({ forsendelsestype: 'ks.byggesøknad' }, all, building)).toBe('bygg');
    expect(matched({ forsendelsestype: 'nav.digisos' }, all, building)).toBe('alt');
    expect(matched({}, all, building)).toBe('alt');
  });

  it('is none when only others’ types or numbers are there', () => {
    expect(matched({}, building)).toBeUndefined();
    expect(matched({ forsendelsestype: 'nav.digisos' }, building)).toBeUndefined();
    expect(matched({}, system({ organisasjonsnummer: '310000019' }))).toBeUndefined();
  });

  it('takes level 4 only when it is of level 4', () => {
    const high = system({ id: 'høy', niva: 4 });
    expect(matched({ niva4: true }, all)).toBeUndefined();
    expect(matched({ niva4: true }, all, high)).toBe('høy');
    expect(matched({ niva4: true, forsendelsestype: 'ks.byggesøknad' }, building, high)).toBe('høy');
  });
});
