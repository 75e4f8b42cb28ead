import { AsiceError } from './asice-error.ts';

const MAX_NAME_BYTES = 1024;
const METADATA_FOLDER = /^META-INF\//i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\u0000-\u001f\u007f\ufffe\uffff]/;

/**
 * The form of a name in which entries and references are compared and given out: Unicode NFC (fiks-io §4.1: composed or
 * decomposed), with `/` between folders. Throws `bad_name` for what could lead out of the folder a file is saved in.
 */
export function canonicalName(raw: string): string {
  const name = raw.replaceAll('\\', '/').normalize('NFC');
  const parts = name.split('/');
  const bad =
    name === '' ||
    Buffer.byteLength(name) > MAX_NAME_BYTES ||
    CONTROL.test(name) ||
    !name.isWellFormed() ||
    /^[A-Za-z]:/.test(name) ||
    parts.some((part, at) => part === '..' || part === '.' || (part === '' && at < parts.length - 1));
  if (bad)
    throw new AsiceError('bad_name', 'A file in the container has a name that is not allowed', {
      entry: raw,
    });
  return name;
}

export function isMetadataName(name: string): boolean {
  return METADATA_FOLDER.test(name);
}

export function isFolderName(name: string): boolean {
  return name.endsWith('/');
}

/** Metadata names are matched whatever their case (fiks-io §4.1). */
export function metadataKey(name: string): string {
  return name.toLowerCase();
}
