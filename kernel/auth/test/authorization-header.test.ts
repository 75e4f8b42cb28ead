import { describe, expect, it } from 'vitest';
import { parseBasic, parseBearer } from '../authorization-header.ts';

const basic = (bytes: Buffer) => `Basic ${bytes.toString('base64')}`;

describe('parseBasic', () => {
  it('reads UTF-8, and ISO-8859-1 where the bytes are not UTF-8', () => {
    const expected = { username: 'kåre', password: 'blåbær:syltetøy' };
    expect(parseBasic(basic(Buffer.from('kåre:blåbær:syltetøy', 'utf8')))).toEqual(expected);
    expect(parseBasic(basic(Buffer.from('kåre:blåbær:syltetøy', 'latin1')))).toEqual(expected);
  });

  it('takes the scheme in any case, and an empty password', () => {
    expect(parseBasic(`bAsIc ${btoa('a:')}`)).toEqual({ username: 'a', password: '' });
  });

  it.each([
    ['nothing', undefined],
    ['an empty header', ''],
    ['another scheme', 'Bearer abc'],
    ['no base64', 'Basic ?!'],
    ['no colon', basic(Buffer.from('abc'))],
    ['no user name', basic(Buffer.from(':abc'))],
    ['control characters', basic(Buffer.from('a:b\u0000c'))],
    ['a line break', basic(Buffer.from('a\nb:c'))],
    ['more than 4096 characters', basic(Buffer.alloc(4000, 'a:'))],
  ])('refuses %s', (_name, header) => {
    expect(parseBasic(header)).toBeNull();
  });
});

describe('parseBearer', () => {
  it('gives the token and nothing else', () => {
    expect(parseBearer('Bearer a.b.c')).toBe('a.b.c');
    expect(parseBearer('BEARER  a.b.c ')).toBe('a.b.c');
    for (const header of [undefined, '', 'Bearer', 'Bearer a b', 'Basic a.b.c'])
      expect(parseBearer(header)).toBeNull();
  });
});
