import { describe, expect, it } from 'vitest';
import { fileType, formatSize } from '../view/format-size.ts';
import { loadPortalMessages } from '../view/messages.ts';

describe('documents in words', () => {
  it('have sizes that people know', () => {
    expect(
      [0, 999, 1000, 214_300, 999_400, 1_382_000, 999_600_000].map((size) => formatSize(size, 'nb')),
    ).toEqual(['0 B', '999 B', '1 kB', '214 kB', '999 kB', '1,4 MB', '1 GB']);
    expect(formatSize(1_382_000, 'en')).toBe('1.4 MB');
  });

  it('have types that people know', () => {
    expect(fileType('application/pdf; charset=x', 'a')).toBe('PDF');
    expect(fileType('application/x-unknown', 'tegning.dwg')).toBe('DWG');
    expect(fileType('application/x-unknown', 'uten endelse')).toBe('application/x-unknown');
  });
});

describe('messages for data', () => {
  it('are undefined when the catalogue has no such key, or the data lacks a parameter', async () => {
    const messages = await loadPortalMessages([new URL('locales/', import.meta.resolve('@grunnmur/post'))]);
    expect(messages.lookUp('nb', 'audit.post.forsendelse.mottatt', { who: 'X' })).toBe(
      'X sendte deg et brev',
    );
    expect(messages.lookUp('nb', 'audit.post.forsendelse.mottatt')).toBeUndefined();
    expect(messages.lookUp('nb', 'audit.no.such.thing', { who: 'X' })).toBeUndefined();
  });
});
