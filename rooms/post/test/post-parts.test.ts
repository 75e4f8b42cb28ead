import { newId } from '@grunnmur/kernel/ids';
import { describe, expect, it } from 'vitest';
import { fingerprint } from '../service/fingerprint.ts';
import { readKontoSettings } from '../service/konto-settings.ts';
import type { NyForsendelse } from '../types.ts';

const LETTER: NyForsendelse = {
  tittel: 'Vedtak',
  mottaker: { navn: 'Ola', digitalId: '01819010192', adresse: { poststed: 'OSLO' } },
  eksponertFor: [],
  kunDigitalLevering: false,
  kryptert: false,
  krevNiva4Innlogging: false,
  utskrift: { farger: false, tosidig: false },
  dokumenter: [],
  lenker: [{ url: 'https://a.example/', tekst: 'a' }],
  avgivendeSystem: 'Sak',
  eksternReferanse: 'ref',
  svarPaForsendelseLink: false,
  taushetsbelagtPost: false,
};
const DOCUMENTS = [{ filnavn: 'a.pdf', sha256: 'aa' }];

describe('the fingerprint of a letter', () => {
  const of = (change: Partial<NyForsendelse> = {}, documents = DOCUMENTS) =>
    fingerprint({ ...LETTER, ...change }, documents).toString('hex');

  it('is the same for the same letter', () => {
    expect(of()).toBe(of());
    expect(of()).toMatch(/^[0-9a-f]{64}$/);
  });

  it('does not see how a digital recipient’s name is written', () => {
    expect(of({ mottaker: { ...LETTER.mottaker, navn: 'OLA' } })).toBe(of());
  });

  const changes: [string, Partial<NyForsendelse>, typeof DOCUMENTS?][] = [
    ['recipient', { mottaker: { ...LETTER.mottaker, digitalId: '01819010273' } }],
    ['title', { tittel: 'Vedtak 2' }],
    ['reply address', { svarSendesTil: { navn: 'Kommunen', digitalId: '310000019' } }],
    ['sending system', { avgivendeSystem: 'Arkiv' }],
    ['reference', { eksternReferanse: 'annen' }],
    ['letter answered', { svarPaForsendelse: newId() }],
    ['link', { lenker: [{ url: 'https://b.example/', tekst: 'a' }] }],
    ['content', {}, [{ filnavn: 'a.pdf', sha256: 'ab' }]],
    ['file name', {}, [{ filnavn: 'b.pdf', sha256: 'aa' }]],
    ['number of documents', {}, [...DOCUMENTS, ...DOCUMENTS]],
  ];
  it.each(changes)('differs by %s', (_, change, documents = DOCUMENTS) => {
    expect(of(change, documents)).not.toBe(of());
  });

  it('tells people on paper apart by name and address', () => {
    const paper = (navn: string, poststed: string) => of({ mottaker: { navn, adresse: { poststed } } });
    expect(paper('Ola', 'OSLO')).toBe(paper('Ola', 'OSLO'));
    expect(paper('Ola', 'OSLO')).not.toBe(paper('Ola', 'BERGEN'));
    expect(paper('Ola', 'OSLO')).not.toBe(paper('Kari', 'OSLO'));
  });

  it('does not run fields together', () => {
    expect(of({ tittel: 'ab', avgivendeSystem: 'c' })).not.toBe(of({ tittel: 'a', avgivendeSystem: 'bc' }));
  });
});

describe('the settings of an account', () => {
  const defaults = {
    sdp: true,
    altinnVarsling: true,
    printOrganisasjoner: false,
    lesefristVirkedager: 2,
    forside: {},
  };

  it.each([[{}], [null], [undefined]])('have defaults for %s', (stored) => {
    expect(readKontoSettings(stored)).toEqual(defaults);
  });

  it('keep what is set and leave what is stored as it is', () => {
    const stored = { sdp: false, forside: { navn: 'Teknisk etat' } };
    expect(readKontoSettings(stored)).toEqual({ ...defaults, ...stored });
    expect(stored).toEqual({ sdp: false, forside: { navn: 'Teknisk etat' } });
  });

  it.each([
    [{ lesefristVirkedager: 0 }],
    [{ lesefristVirkedager: 31 }],
    [{ sdp: 'ja' }],
    [{ forside: { tekst: 'x'.repeat(1001) } }],
  ])('are refused when they are wrong: %j', (stored) => {
    expect(() => readKontoSettings(stored)).toThrow(/not valid/);
  });
});
