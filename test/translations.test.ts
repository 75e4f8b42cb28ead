import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  LOCALES,
  type Locale,
  type Messages,
  messagePlaceholders,
  readMessages,
} from '@grunnmur/kernel/i18n';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SKIPPED = new Set(['node_modules', '.git', 'data', 'target', 'coverage', 'test-output']);

const folders = await findLocaleFolders(ROOT);

describe('translations', () => {
  it('are found', () => {
    console.log(`translations: read ${folders.length * LOCALES.length} files in ${folders.length} folders`);
    expect(folders.length).toBeGreaterThan(0);
  });

  describe.each(folders.map((folder) => relative(ROOT, folder)))('%s', (folder) => {
    it('has exactly one file per language', async () => {
      expect((await readdir(join(ROOT, folder))).sort()).toEqual(
        LOCALES.map((locale) => `${locale}.json`).sort(),
      );
    });

    it('has the same keys in each language', async () => {
      const { nb, nn, en } = await readFolder(folder);
      expect(Object.keys(nb).length).toBeGreaterThan(0);
      expect(Object.keys(nn).sort()).toEqual(Object.keys(nb).sort());
      expect(Object.keys(en).sort()).toEqual(Object.keys(nb).sort());
    });

    it('has ICU messages that can be read, with the same placeholders', async () => {
      const { nb, ...others } = await readFolder(folder);
      for (const [key, message] of Object.entries(nb)) {
        const expected = placeholders(`nb ${key}`, message);
        for (const [locale, messages] of Object.entries(others)) {
          const found = placeholders(`${locale} ${key}`, messages[key] ?? '');
          expect(found, `placeholders of ${locale} ${key}`).toEqual(expected);
        }
      }
    });

    it('has no empty message', async () => {
      for (const [locale, messages] of Object.entries(await readFolder(folder)))
        for (const [key, message] of Object.entries(messages))
          expect(message.trim(), `${locale} ${key}`).not.toBe('');
    });
  });
});

async function findLocaleFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.filter((each) => each.isDirectory() && !SKIPPED.has(each.name))) {
    const path = join(folder, entry.name);
    const isLocales =
      entry.name === 'locales' && (await readdir(path)).some((file) => file.endsWith('.json'));
    found.push(...(isLocales ? [path] : await findLocaleFolders(path)));
  }
  return found.sort();
}

async function readFolder(folder: string): Promise<Record<Locale, Messages>> {
  const read = async (locale: Locale) =>
    [locale, await readMessages(pathToFileURL(join(ROOT, folder, `${locale}.json`)))] as const;
  return Object.fromEntries(await Promise.all(LOCALES.map(read))) as Record<Locale, Messages>;
}

function placeholders(where: string, message: string): string[] {
  try {
    return messagePlaceholders(message);
  } catch (error) {
    throw new Error(`${where} is not an ICU message: ${String(error)}`);
  }
}
