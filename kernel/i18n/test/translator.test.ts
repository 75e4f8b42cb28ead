import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { testFolder } from '../../testing/index.ts';
import { createTranslator, LOCALES, loadLocales, messagePlaceholders } from '../index.ts';

const letters = (text: string) => ({ 'post.count': text });

describe('createTranslator', () => {
  const translator = createTranslator({
    nb: { ...letters('{count, plural, one {ett brev} other {# brev}}'), 'post.only_nb': 'bare bokmål' },
    nn: letters('{count, plural, one {eitt brev} other {# brev}}'),
    en: letters('{count, plural, one {one letter} other {# letters}}'),
  });

  it('writes ICU messages in the language asked for', () => {
    expect(translator.in('nb')('post.count', { count: 1 })).toBe('ett brev');
    expect(translator.in('nn')('post.count', { count: 1 })).toBe('eitt brev');
    expect(translator.in('en')('post.count', { count: 1234 })).toBe('1,234 letters');
  });

  it('falls back to bokmål, with bokmål numbers, and then to the key', () => {
    expect(translator.in('en')('post.only_nb')).toBe('bare bokmål');
    expect(translator.in('en')('post.unknown')).toBe('post.unknown');
    expect(translator.has('post.unknown')).toBe(false);
  });

  it('finds nothing on the prototype', () => {
    expect(translator.has('constructor')).toBe(false);
    expect(translator.in('nb')('toString')).toBe('toString');
  });

  it('treats markup in messages as text', () => {
    const texts = { a: 'x < y og <b>fet</b> {name}' };
    const t = createTranslator({ nb: texts, nn: texts, en: texts }).in('nb');
    expect(t('a', { name: '<i>' })).toBe('x < y og <b>fet</b> <i>');
  });
});

describe('loadLocales', () => {
  async function folder(name: string, content: unknown): Promise<URL> {
    const path = join(await testFolder(), name);
    await mkdir(path);
    for (const locale of LOCALES) await writeFile(join(path, `${locale}.json`), JSON.stringify(content));
    return pathToFileURL(`${path}/`);
  }

  it('merges the folders', async () => {
    const locales = await loadLocales([await folder('a', { 'a.x': 'X' }), await folder('b', { 'b.y': 'Y' })]);
    expect(locales.nn).toEqual({ 'a.x': 'X', 'b.y': 'Y' });
  });

  it('refuses a key that is defined twice, and anything but texts', async () => {
    const folders = [await folder('a', { 'a.x': 'X' }), await folder('b', { 'a.x': 'Y' })];
    await expect(loadLocales(folders)).rejects.toThrow('"a.x" is defined twice');
    await expect(loadLocales([await folder('c', { 'c.z': { deep: 'no' } })])).rejects.toThrow(
      'text values only',
    );
    await expect(loadLocales([pathToFileURL(`${await testFolder()}/none/`)])).rejects.toThrow('ENOENT');
  });
});

describe('messagePlaceholders', () => {
  it('finds parameters at every depth, with their kinds', () => {
    const message =
      '{who} {count, plural, one {{name}} other {# {kind, select, a {x} other {{when, date}}}}}';
    expect(messagePlaceholders(message)).toEqual([
      'count plural',
      'kind select',
      'name value',
      'when date',
      'who value',
    ]);
  });

  it('throws for what is not an ICU message', () => {
    expect(() => messagePlaceholders('{count, plural, one {x}}')).toThrow();
    expect(() => messagePlaceholders('{open')).toThrow();
  });
});
