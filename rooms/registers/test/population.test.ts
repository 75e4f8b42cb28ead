import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { isValidFnr, isValidOrgnr, personNumberKind } from '../contract.ts';
import { createPopulation, MAILBOX_SUPPLIERS, type Population, SITUATIONS } from '../simulators.ts';
import { population } from './support.ts';

function fingerprint({ persons, organisations }: Population): string {
  return createHash('sha256').update(JSON.stringify({ persons, organisations })).digest('hex');
}

function person(fnr: string) {
  const found = population.findPerson(fnr);
  if (!found) throw new Error('no such person');
  return found;
}

describe('the synthetic population', () => {
  it('is the same everywhere for the default seed', () => {
    // A change here changes every identity number in guides and scripts: make it on purpose, and say so.
    expect(fingerprint(population)).toBe('abf1bbbc22d5b495606dd597dafbcb794bae78d7e6718d6cd1acaf187992e950');
    expect(fingerprint(createPopulation())).toBe(fingerprint(population));
  });

  it('changes with the seed, except for demonstration persons and organisations', () => {
    const other = createPopulation({ seed: 'another' });
    expect(fingerprint(other)).not.toBe(fingerprint(population));
    expect(other.demoPersons).toEqual(population.demoPersons);
    expect(other.demoOrganisations).toEqual(population.demoOrganisations);
    const common = other.persons.filter((entry) => population.findPerson(entry.fnr)).length;
    expect(common).toBeLessThan(other.persons.length / 4);
  });

  it('has the promised size and refuses sizes it cannot make', () => {
    expect(population.persons.length).toBeGreaterThanOrEqual(5000);
    const main = population.organisations.filter((entry) => entry.form !== 'BEDR');
    expect(main.length).toBeGreaterThanOrEqual(300);
    expect(createPopulation({ persons: 100 }).persons.length).toBeGreaterThanOrEqual(100);
    expect(createPopulation({ persons: 20_000 }).persons).toHaveLength(20_000);
    expect(() => createPopulation({ persons: 20_001 })).toThrow(RangeError);
    expect(() => createPopulation({ persons: 99 })).toThrow(RangeError);
  });

  it('uses each number once, only of series nobody has, with valid control digits', () => {
    const fnrs = population.persons.map((entry) => entry.fnr);
    expect(new Set(fnrs).size).toBe(fnrs.length);
    expect(fnrs.filter((fnr) => personNumberKind(fnr) !== 'synthetic')).toEqual([]);
    expect(fnrs.filter((fnr) => isValidFnr(fnr, { synthetic: false }))).toEqual([]);
    const orgnrs = population.organisations.map((entry) => entry.orgnr);
    expect(new Set(orgnrs).size).toBe(orgnrs.length);
    expect(orgnrs.filter((orgnr) => !isValidOrgnr(orgnr) || !orgnr.startsWith('31'))).toEqual([]);
  });

  it('gives numbers that agree with birth date and sex', () => {
    for (const entry of population.persons) {
      const day = Number(entry.fnr.slice(0, 2)) % 40;
      const month = Number(entry.fnr.slice(2, 4)) - 80;
      expect(entry.born.slice(2)).toBe(
        `${entry.fnr.slice(4, 6)}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`,
      );
      expect(Number(entry.fnr.slice(6, 9)) >= 500).toBe(entry.born >= '2000');
      expect(Number(entry.fnr[8]) % 2 === 0).toBe(entry.sex === 'kvinne');
    }
  });

  it('has many of each situation and two or three of each among the demonstration persons', () => {
    for (const situation of SITUATIONS) {
      const all = population.persons.filter((entry) => entry.situation === situation).length;
      const demo = population.demoPersons.filter((entry) => entry.situation === situation).length;
      expect(all, situation).toBeGreaterThanOrEqual(50);
      expect([2, 3], situation).toContain(demo);
    }
  });

  it('gives each situation what its name says', () => {
    const suppliers: readonly string[] = Object.values(MAILBOX_SUPPLIERS);
    for (const entry of population.persons) {
      const { contact, situation } = entry;
      expect(contact.mailbox !== undefined && situation === 'altinn').toBe(false);
      if (situation === 'digital-mailbox') expect(suppliers).toContain(contact.mailbox?.supplierOrgnr);
      expect(contact.reserved).toBe(situation === 'reserved');
      expect(entry.diedOn !== undefined && contact.status === 'SLETTET').toBe(situation === 'deceased');
      expect(entry.protection !== 'none').toBe(situation === 'protected-address');
      expect(entry.proxyFnr !== undefined).toBe(situation === 'proxy');
      expect(entry.guardians.length > 0).toBe(situation === 'child');
      expect(entry.children.length > 0).toBe(situation === 'guardian');
    }
  });

  it('links children, guardians and proxies both ways to living adults', () => {
    for (const entry of population.persons) {
      for (const fnr of entry.guardians) {
        const guardian = person(fnr);
        expect(guardian.children).toContain(entry.fnr);
        expect(guardian.diedOn).toBeUndefined();
        expect(Number(entry.born.slice(0, 4)) - Number(guardian.born.slice(0, 4))).toBeGreaterThanOrEqual(15);
      }
      if (entry.guardians[0]) expect(entry.address).toEqual(person(entry.guardians[0]).address);
      if (entry.proxyFnr) expect(person(entry.proxyFnr).proxyFnr).toBeUndefined();
    }
  });

  it('has both levels of address protection, Sámi letters, and long names', () => {
    const levels = new Set(population.persons.map((entry) => entry.protection));
    expect(levels).toEqual(new Set(['none', 'confidential', 'strictly-confidential']));
    const text = population.persons.map((entry) => `${entry.name} ${entry.address.lines}`).join(' ');
    expect([...'áčđŋšŧžæøåÁČŠÆØÅ'].filter((letter) => !text.includes(letter))).toEqual([]);
    expect(Math.max(...population.persons.map((entry) => entry.name.length))).toBeGreaterThan(80);
  });

  it('sends nothing to real people: example domain, no dialable number, invented places', () => {
    for (const { contact, address } of population.persons) {
      expect(contact.email ?? 'x@post.example').toMatch(/@post\.example$/);
      expect(contact.mobile ?? '+4700000000').toMatch(/^\+470\d{7}$/);
      expect(address.postalCode).toMatch(/^98[5-9]\d$/);
      expect(address.municipalityNumber).toMatch(/^9[6-9]0\d$/);
    }
  });

  it('has municipalities, counties, units and proprietors that belong to somebody', () => {
    const { organisations } = population;
    const count = (form: string) => organisations.filter((entry) => entry.form === form).length;
    expect(count('KOMM')).toBe(24);
    expect(count('FYLK')).toBe(4);
    expect(new Set(organisations.filter((o) => o.form === 'KOMM').map((o) => o.name)).size).toBe(24);
    for (const entry of organisations) {
      if (entry.form === 'BEDR' || entry.form === 'ORGL') {
        expect(population.findOrganisation(entry.parentOrgnr ?? '')).toBeDefined();
      }
      if (entry.form === 'ENK') expect(person(entry.ownerFnr ?? '').situation).toBe('sole-proprietor');
    }
    expect(organisations.some((entry) => entry.bankrupt)).toBe(true);
    expect(organisations.some((entry) => entry.deletedOn)).toBe(true);
    expect(organisations.some((entry) => entry.removed)).toBe(true);
    const factory = population.demoOrganisations.find((entry) => entry.name === 'Nordlysfabrikken AS');
    expect(organisations.filter((entry) => entry.parentOrgnr === factory?.orgnr)).toHaveLength(3);
  });

  it('has all demonstration persons and organisations in the README', async () => {
    const file = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const readme = file.replaceAll(/ +/g, ' ');
    for (const { fnr, name, situation } of population.demoPersons) {
      expect(readme).toContain(`| ${fnr} | ${name} | ${situation} |`);
    }
    for (const { orgnr, name } of population.demoOrganisations)
      expect(readme).toContain(`| ${orgnr} | ${name} |`);
  });

  it('names the demonstration organisations the guides use', () => {
    expect(population.demoOrganisations.slice(0, 4)).toEqual([
      { orgnr: '310000000', name: 'Eksempel kommune', form: 'KOMM' },
      { orgnr: '310000019', name: 'Døme kommune', form: 'KOMM' },
      { orgnr: '310000027', name: 'Prøve fylkeskommune', form: 'FYLK' },
      { orgnr: '310000035', name: 'Leverandøren AS', form: 'AS' },
    ]);
    expect(population.findOrganisation('310000000')?.language).toBe('nb');
    expect(population.findOrganisation('310000019')?.language).toBe('nn');
  });
});
