import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { formFaults, formReader, ruleText, withoutConsequences } from '../index.ts';

const Party = Type.Object({ navn: Type.String(), land: Type.Optional(Type.String({ maxLength: 3 })) });
const Message = Type.Object({
  tittel: Type.String({ minLength: 1, maxLength: 5 }),
  mottaker: Party,
  nr: Type.Optional(Type.Integer({ minimum: 1, maximum: 9 })),
  type: Type.Optional(Type.String({ pattern: '^[a-z]+$', 'x-regel': 'kan bare ha små bokstaver' })),
  fnr: Type.Optional(Type.String({ pattern: '^[0-9]{11}$' })),
  slag: Type.Optional(Type.Enum(['A', 'B'])),
  deler: Type.Optional(Type.Array(Party, { maxItems: 2 })),
});
const read = formReader(Message);
const told = (message: unknown) => read(message).faults.map(({ field, message: text }) => `${field} ${text}`);

describe('the form of a message', () => {
  it('is read as it is when nothing is wrong, unknown fields with it', () => {
    const message = { tittel: 'a', mottaker: { navn: 'b' }, ukjent: 1 };
    expect(read(message)).toEqual({ value: message, faults: [] });
    expect(read(message).value).toBe(message);
  });

  it('has every fault told, in words', () => {
    expect(
      told({
        tittel: 'for lang',
        nr: 12,
        type: 'AB',
        fnr: '1',
        slag: 'C',
        deler: [{ land: 4 }, 'x', { navn: 1 }],
      }).sort(),
    ).toEqual([
      '/deler høyst 2',
      '/deler/0/land må være en tekst',
      '/deler/0/navn mangler',
      '/deler/1 må være et objekt',
      '/deler/2/navn må være en tekst',
      '/fnr må ha 11 sifre',
      '/mottaker mangler',
      '/nr høyst 9',
      '/slag må være en av A, B',
      '/tittel høyst 5 tegn',
      '/type kan bare ha små bokstaver',
    ]);
  });

  it('becomes right with stand-ins, whatever was sent, so that rules can be asked', () => {
    const right = formFaults(Message);
    const odd = [undefined, null, 1, '', 'x', true, [], {}, [[]], { navn: 'n' }, [{ navn: 1 }, 2, null]];
    let tried = 0;
    for (const root of odd) expect(right(read(root).value)).toEqual([]);
    for (const name of Object.keys(Message.properties)) {
      for (const value of odd) {
        for (const other of odd) {
          tried++;
          const { value: made, faults } = read({ tittel: 'a', mottaker: other, [name]: value });
          expect(right(made), JSON.stringify({ name, value, other })).toEqual([]);
          if (faults.length === 0) expect(made).toEqual({ tittel: 'a', mottaker: other, [name]: value });
        }
      }
    }
    expect(tried).toBeGreaterThan(700);
  });

  it('keeps what was right beside what was wrong', () => {
    const { value } = read({ tittel: 7, mottaker: { navn: 'Ola', land: 'Norge' }, nr: 3 });
    expect(value).toMatchObject({ mottaker: { navn: 'Ola' }, nr: 3 });
  });
});

describe('faults that follow from others', () => {
  it('are left out: on the same field, below one that is missing or of another type', () => {
    const faults = [
      { field: '/mottaker', rule: 'required' },
      { field: '/tittel', rule: 'maxLength' },
      { field: '/nr', rule: 'type' },
    ];
    const consequences = [
      { field: '/mottaker/navn', rule: 'printAddress' },
      { field: '/tittel', rule: 'required' },
      { field: '/nr', rule: 'minimum' },
      { field: '/tittel', rule: 'maxLength' },
    ];
    const others = [
      { field: '/mottakere', rule: 'required' },
      { field: '/tittel', rule: 'printCharacters' },
    ];
    expect(withoutConsequences([...faults, ...consequences, ...others])).toEqual([...faults, ...others]);
  });
});

describe('rules in words', () => {
  it('never show a pattern or a keyword', () => {
    for (const keyword of ['pattern', 'format', 'const', 'anyOf', 'additionalProperties', 'ukjent'])
      expect(ruleText(keyword, { pattern: '^[a-z]$', format: 'x' })).not.toMatch(/[\^$[\]]|anyOf|ukjent/);
    expect(ruleText('pattern', { pattern: '^[0-9]{9}$' })).toBe('må ha 9 sifre');
    expect(ruleText('pattern', { pattern: '^\\d+$' })).toBe('kan bare ha sifre');
    expect(ruleText('minLength', { limit: 1 })).toBe('kan ikke være tom');
    expect(ruleText('type', { type: ['string', 'null'] })).toBe('må være en tekst eller null');
  });
});
