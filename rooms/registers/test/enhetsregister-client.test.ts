import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { population, type Registers, startRegisters } from './support.ts';

const EKSEMPEL = '310000000';
const DOME = '310000019';
const FACTORY = '310000051';

function oneWhere(test: (entry: (typeof population.organisations)[number]) => boolean) {
  const found = population.organisations.find(test);
  if (!found) throw new Error('no such organisation');
  return found;
}

describe('the organisation register over HTTP', () => {
  let registers: Registers;
  beforeAll(async () => {
    registers = await startRegisters();
  });
  afterAll(() => registers.stop());
  beforeEach(() => registers.enhetsregisteret.reset());

  it('finds a municipality with form, address and written form', async () => {
    const synthetic = population.findOrganisation(EKSEMPEL);
    expect(await registers.organisations.find(EKSEMPEL)).toEqual({
      orgnr: EKSEMPEL,
      name: 'Eksempel kommune',
      form: { code: 'KOMM', description: 'Kommune' },
      kind: 'unit',
      businessAddress: synthetic?.address,
      language: 'nb',
      employees: synthetic?.employees,
      bankrupt: false,
      windingUp: false,
    });
    expect(await registers.organisations.find(DOME)).toMatchObject({ name: 'Døme kommune', language: 'nn' });
  });

  it('finds a sub-unit with its parent, after asking for a unit', async () => {
    const unit = oneWhere((entry) => entry.parentOrgnr === FACTORY);
    expect(await registers.organisations.find(unit.orgnr)).toMatchObject({
      kind: 'subunit',
      parentOrgnr: FACTORY,
      form: { code: 'BEDR' },
      businessAddress: unit.address,
    });
    expect(registers.enhetsregisteret.calls).toBe(2);
  });

  it('tells unknown, removed, deleted and bankrupt apart', async () => {
    expect(await registers.organisations.find('319999981')).toBeNull();
    const removed = oneWhere((entry) => entry.removed);
    expect(await registers.organisations.find(removed.orgnr)).toBeNull();
    const deleted = oneWhere((entry) => entry.deletedOn !== undefined);
    expect(await registers.organisations.find(deleted.orgnr)).toMatchObject({ deletedOn: deleted.deletedOn });
    const bankrupt = oneWhere((entry) => entry.bankrupt);
    expect(await registers.organisations.find(bankrupt.orgnr)).toMatchObject({ bankrupt: true });
  });

  it('searches by the words of a name, also Norwegian and Sámi letters, within the limit', async () => {
    const names = async (text: string, limit = 10) =>
      (await registers.organisations.search(text, limit)).map((entry) => entry.name);
    expect((await names('døme'))[0]).toBe('Døme kommune');
    expect(await names('kommune eksem')).toContain('Eksempel kommune');
    expect(await names('guovža duo')).toEqual(['Guovža Duodji SA']);
    expect(await names('finnes ikke & ? = %')).toEqual([]);
    expect(await names('kommune', 5)).toHaveLength(5);
    expect(await names('kommune', 0)).toHaveLength(1);
    expect((await names('', 1000)).length).toBe(100);
  });

  it('refuses a wrong number without a call', async () => {
    await expect(registers.organisations.find('310000001')).rejects.toMatchObject({
      code: 'registers.invalid_orgnr',
    });
    await expect(registers.organisations.find('../roller')).rejects.toMatchObject({
      code: 'registers.invalid_orgnr',
    });
    expect(registers.enhetsregisteret.calls).toBe(0);
  });

  it.each([
    ['down', { drop: true, times: 3 }, 'registers.enhetsregisteret_unavailable', true],
    ['internal error', { status: 500 }, 'registers.enhetsregisteret_unavailable', true],
    ['too many calls', { status: 429 }, 'registers.enhetsregisteret_rate_limited', true],
    ['refused', { status: 403 }, 'registers.enhetsregisteret_refused', true],
    ['rejected', { status: 400 }, 'registers.enhetsregisteret_rejected', false],
    ['not JSON', { body: 'hei' }, 'registers.enhetsregisteret_invalid_answer', true],
    [
      'lacking a name',
      { body: '{"organisasjonsnummer":"310000000"}' },
      'registers.enhetsregisteret_invalid_answer',
      true,
    ],
    [
      'another organisation',
      { body: '{"organisasjonsnummer":"310000019","navn":"x","organisasjonsform":{"kode":"AS"}}' },
      'registers.enhetsregisteret_invalid_answer',
      true,
    ],
  ])('%s', async (_what, wish, code, retry) => {
    registers.enhetsregisteret.fail(wish);
    await expect(registers.organisations.find(EKSEMPEL)).rejects.toMatchObject({ code, retry });
  });

  it('accepts an answer with fields we do not know and nulls', async () => {
    const body = {
      organisasjonsnummer: EKSEMPEL,
      navn: 'NY FORM',
      organisasjonsform: { kode: 'XYZ', utgaatt: null },
      postadresse: {
        adresse: ['Postboks 1', null],
        postnummer: '9850',
        poststed: 'EKSEMPEL',
        landkode: 'NO',
      },
      antallAnsatte: null,
      nyttFelt: { dypt: [1, 2, 3] },
    };
    registers.enhetsregisteret.fail({ body: JSON.stringify(body) });
    expect(await registers.organisations.find(EKSEMPEL)).toEqual({
      orgnr: EKSEMPEL,
      name: 'NY FORM',
      form: { code: 'XYZ' },
      kind: 'unit',
      postalAddress: { lines: ['Postboks 1'], postalCode: '9850', city: 'EKSEMPEL', country: 'NO' },
      bankrupt: false,
      windingUp: false,
    });
  });

  it('refuses an unexpected search answer', async () => {
    registers.enhetsregisteret.fail({ body: '{"_embedded":{"enheter":[{}]},"page":{"totalElements":1}}' });
    await expect(registers.organisations.search('x', 1)).rejects.toMatchObject({
      code: 'registers.enhetsregisteret_invalid_answer',
    });
  });
});
