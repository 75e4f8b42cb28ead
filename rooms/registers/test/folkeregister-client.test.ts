import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fullName, type Person } from '../contract.ts';
import { inSituation, population, type Registers, startRegisters } from './support.ts';

function demo(name: string) {
  const found = population.persons.find((person) => person.name.startsWith(name));
  if (!found) throw new Error('no such person');
  return found;
}

describe('the population register over HTTP', () => {
  let registers: Registers;
  beforeAll(async () => {
    registers = await startRegisters();
  });
  afterAll(() => registers.stop());
  beforeEach(() => registers.folkeregisteret.reset());

  const find = async (fnr: string) => (await registers.population.find(fnr)) as Person;

  it('finds a person with name, birth and address', async () => {
    const ailu = demo('Áilu Jieŋajávri');
    expect(await find(ailu.fnr)).toEqual({
      fnr: ailu.fnr,
      name: { first: 'Áilu', last: 'Jieŋajávri' },
      born: '1969-11-02',
      status: 'bosatt',
      deceased: false,
      protection: 'none',
      address: {
        ...ailu.address,
        lines: ailu.address.lines.map((line) => line.replace(/(\d) ([A-Z])$/, '$1$2')),
      },
      guardians: [],
      children: [],
      proxies: [],
    });
    expect(fullName((await find(demo('Anne-Margrethe').fnr)).name)).toBe(demo('Anne-Margrethe').name);
    expect(await registers.population.find('10915596784')).toBeNull();
  });

  it('knows child and guardians from both sides', async () => {
    const [iben, kristine, hakon] = [demo('Iben'), demo('Kristine Stj'), demo('Håkon Regnbuev')];
    expect((await find(iben.fnr)).guardians).toEqual([kristine.fnr, hakon.fnr]);
    expect((await find(iben.fnr)).children).toEqual([]);
    expect((await find(kristine.fnr)).children).toEqual([iben.fnr]);
    expect((await find(hakon.fnr)).children).toEqual([iben.fnr, demo('Čálli').fnr]);
    expect((await find(hakon.fnr)).guardians).toEqual([]);
  });

  it('knows an adult’s guardian with tasks', async () => {
    const { proxies } = await find(demo('Alfhild').fnr);
    expect(proxies.map((proxy) => proxy.fnr)).toEqual([demo('Torgeir').fnr]);
    expect(proxies[0]?.tasks).toContainEqual({ area: 'kommune', task: 'helseOgOmsorg' });
  });

  it('knows the dead', async () => {
    expect(await find(demo('Olaf').fnr)).toMatchObject({
      deceased: true,
      diedOn: '2024-02-03',
      status: 'doed',
    });
  });

  it('never hands out a graded address, on either level', async () => {
    const graded = inSituation('protected-address');
    expect(graded.length).toBeGreaterThan(50);
    for (const fnr of graded) {
      const person = await find(fnr);
      expect(['confidential', 'strictly-confidential']).toContain(person.protection);
      expect(person.address).toBeUndefined();
    }
  });

  it('keeps the address back when only the address is graded, and when the grade is unknown', async () => {
    const person = demo('Torgeir');
    const document = (address: string, protection: object) => ({
      body: JSON.stringify({
        identifikasjonsnummer: [{ foedselsEllerDNummer: person.fnr }],
        navn: [{ fornavn: 'A', etternavn: 'B', erGjeldende: true }],
        bostedsadresse: [
          {
            adressegradering: address,
            vegadresse: { adressenavn: 'X', poststed: { postnummer: '9850', poststedsnavn: 'Y' } },
          },
        ],
        ...protection,
      }),
    });
    registers.folkeregisteret.fail(document('fortrolig', {}));
    expect(await find(person.fnr)).toMatchObject({ protection: 'confidential' });
    registers.folkeregisteret.fail(
      document('ugradert', { adressebeskyttelse: [{ graderingsnivaa: 'nyttNivaa' }] }),
    );
    const unknown = await find(person.fnr);
    expect(unknown.protection).toBe('strictly-confidential');
    expect(unknown.address).toBeUndefined();
    const past = { erGjeldende: false, graderingsnivaa: 'strengtFortrolig' };
    registers.folkeregisteret.fail(document('ugradert', { adressebeskyttelse: [past] }));
    expect((await find(person.fnr)).address).toBeDefined();
  });

  it('lists living persons by name without addresses', async () => {
    const found = await registers.population.search('solveig tåke', 10);
    expect(found).toContainEqual({
      fnr: demo('Solveig Tåkedalen').fnr,
      name: { first: 'Solveig', last: 'Tåkedalen' },
      born: '1978-05-14',
    });
    expect(Object.keys(found[0] ?? {})).not.toContain('address');
    expect(await registers.population.search('  ', 10)).toEqual([]);
    expect(await registers.population.search('finnesikke', 10)).toEqual([]);
    expect(await registers.population.search('a', 3)).toHaveLength(3);
    expect(await registers.population.search('olaf høstvindmoen', 10)).toEqual([]);
  });

  it('never lists a protected person, not even when the register does', async () => {
    for (const fnr of inSituation('protected-address')) {
      const person = population.findPerson(fnr);
      const found = await registers.population.search(person?.name ?? '', 50);
      expect(found.map((entry) => entry.fnr)).not.toContain(fnr);
    }
    const [nora, torgeir] = [demo('Nora').fnr, demo('Torgeir').fnr];
    registers.folkeregisteret.fail({ body: JSON.stringify({ foedselsEllerDNummer: [nora, torgeir] }) });
    const found = await registers.population.search('x', 10);
    expect(found.map((entry) => entry.fnr)).toEqual([torgeir]);
  });

  it.each([
    ['down', { drop: true, times: 3 }, 'registers.folkeregisteret_unavailable', true],
    ['internal error', { status: 500 }, 'registers.folkeregisteret_unavailable', true],
    ['too many calls', { status: 429 }, 'registers.folkeregisteret_rate_limited', true],
    ['refused', { status: 403 }, 'registers.folkeregisteret_refused', true],
    ['wrong set-up', { status: 406 }, 'registers.folkeregisteret_refused', true],
    ['rejected', { status: 400 }, 'registers.folkeregisteret_rejected', false],
    ['not JSON', { body: '<xml/>' }, 'registers.folkeregisteret_invalid_answer', true],
    ['no number', { body: '{"navn":[]}' }, 'registers.folkeregisteret_invalid_answer', true],
    [
      'another person',
      {
        body: '{"identifikasjonsnummer":[{"foedselsEllerDNummer":"10915596784"}],"navn":[{"fornavn":"A","etternavn":"B"}]}',
      },
      'registers.folkeregisteret_invalid_answer',
      true,
    ],
  ])('%s', async (_what, wish, code, retry) => {
    const { fnr } = demo('Torgeir');
    registers.folkeregisteret.fail(wish);
    const error = await registers.population.find(fnr).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, retry });
    const { message, stack, params, cause } = error as Record<string, unknown>;
    expect(JSON.stringify({ message, stack, params, cause })).not.toContain(fnr);
  });

  it('refuses a wrong number without a call', async () => {
    await expect(registers.population.find('soek')).rejects.toMatchObject({ code: 'registers.invalid_fnr' });
    expect(registers.folkeregisteret.calls).toBe(0);
  });
});
