import { describe, expect, it } from 'vitest';
import { digitalIdFault, writtenOtherwise } from '../service/digital-id.ts';

/** Month + 80, of a real series, an organisation, a synthetic organisation; all with right control digits. */
const SYNTHETIC = '01819010001';
const REAL = '01010750160';
const ORGNR = '974760673';
const SYNTHETIC_ORGNR = '310000108';

describe('a digital id', () => {
  it('of a demonstration is synthetic, and of production is real', () => {
    const taken = (synthetic: boolean | undefined) =>
      [SYNTHETIC, REAL, ORGNR, SYNTHETIC_ORGNR].filter(
        (id) => digitalIdFault(id, synthetic === undefined ? {} : { synthetic }) === undefined,
      );
    expect(taken(true)).toEqual([SYNTHETIC, ORGNR, SYNTHETIC_ORGNR]);
    expect(taken(false)).toEqual([REAL, ORGNR]);
    expect(taken(undefined)).toEqual([SYNTHETIC, REAL, ORGNR, SYNTHETIC_ORGNR]);
    expect(digitalIdFault(REAL, { synthetic: true })).toContain('en demonstrasjon tar bare imot syntetiske');
    expect(digitalIdFault(SYNTHETIC, { synthetic: false })).toContain('syntetisk nummer');
    expect(digitalIdFault(SYNTHETIC_ORGNR, { synthetic: false })).toContain('syntetisk nummer');
  });

  it.each([
    ['0192:974760673', 'uten «0192:» foran'],
    ['974 760 673', 'uten mellomrom og skilletegn'],
    ['018190 10001', 'uten mellomrom og skilletegn'],
    ['018190-10001', 'uten mellomrom og skilletegn'],
    ['０１８１９０１０００１', 'kan bare ha sifrene 0–9'],
    ['\u200b01819010001', 'kan bare ha sifrene 0–9'],
    ['01819010002', 'er ikke et gyldig fødselsnummer eller d-nummer'],
    ['974760674', 'er ikke et gyldig organisasjonsnummer'],
    ['Ola', 'er ikke et gyldig fødselsnummer, d-nummer eller organisasjonsnummer'],
  ])('%s: says what is wrong, without the number', (id, expected) => {
    const text = digitalIdFault(id, { synthetic: true })!;
    expect(text).toContain(expected);
    expect(text).not.toMatch(/\d{6}/);
  });

  it('has no hint when its form is right', () => {
    for (const id of [SYNTHETIC, ORGNR, '123', '']) expect(writtenOtherwise(id)).toBeUndefined();
  });
});
