import { readFile } from 'node:fs/promises';
import { LOCALES, type Locale } from './locale.ts';
import type { LocaleMessages, Messages } from './translator.ts';

/**
 * Reads `nb.json`, `nn.json` and `en.json` of each folder (URLs ending in `/`) and merges them. Throws when a file is
 * missing, is not a flat object of strings, or when two folders define the same key.
 */
export async function loadLocales(folders: readonly URL[]): Promise<LocaleMessages> {
  const entries = await Promise.all(LOCALES.map(async (locale) => [locale, await merge(folders, locale)]));
  return Object.fromEntries(entries) as LocaleMessages;
}

async function merge(folders: readonly URL[], locale: Locale): Promise<Messages> {
  const merged: Record<string, string> = {};
  for (const folder of folders) {
    const file = new URL(`${locale}.json`, folder);
    for (const [key, message] of Object.entries(await readMessages(file))) {
      if (Object.hasOwn(merged, key)) throw new Error(`${file.pathname}: the key "${key}" is defined twice`);
      merged[key] = message;
    }
  }
  return merged;
}

/** One locale file, checked to be a flat object of strings. */
export async function readMessages(file: URL): Promise<Messages> {
  const content: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (!isMessages(content)) throw new Error(`${file.pathname}: expected one object with text values only`);
  return content;
}

function isMessages(content: unknown): content is Messages {
  return (
    typeof content === 'object' &&
    content !== null &&
    !Array.isArray(content) &&
    Object.values(content).every((value) => typeof value === 'string')
  );
}
