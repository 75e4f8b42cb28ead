import { isValidFnr, isValidOrgnr } from '@grunnmur/registers';
import { CliError, EXIT, said } from '../exit-codes.ts';

/** A recipient as SvarUt REST v2 takes it. */
export interface Recipient {
  readonly navn: string;
  readonly digitalId: string;
  readonly adresselinje1?: string;
  readonly adresselinje2?: string;
  readonly adresselinje3?: string;
  readonly postnummer?: string;
  readonly poststed?: string;
  readonly land?: string;
}

export type PostalAddress = Omit<Recipient, 'navn' | 'digitalId'>;

const MAX_LINES = 3;

/** Identity or organisation number with a right check digit, whatever its spacing. */
export function parseRecipientId(text: string): string {
  const digits = text.replace(/[\s.-]/g, '');
  if (/^\d{11}$/.test(digits) ? isValidFnr(digits) : isValidOrgnr(digits)) return digits;
  throw new CliError(EXIT.usage, said('cli.error.recipient', { text }), { hint: said('cli.hint.recipient') });
}

/** "Storgata 1, 0155 Oslo" or, abroad, "1 Main Street, London SW1A 1AA, Storbritannia". */
export function parseAddress(text: string): PostalAddress {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
  const norwegian = /^(\d{4})\s+(\S.*)$/.exec(parts.at(-1) ?? '');
  if (norwegian) {
    return { ...lines(parts.slice(0, -1), text), postnummer: norwegian[1]!, poststed: norwegian[2]! };
  }
  if (parts.length >= 3) {
    return { ...lines(parts.slice(0, -2), text), poststed: parts.at(-2)!, land: parts.at(-1)! };
  }
  throw addressError(text);
}

/** "Rådhuset, 0001 Eksempelvik": where an account's paper comes back to, in Norway. */
export function parseReturnAddress(text: string): {
  readonly adresselinje1: string;
  readonly postnummer: string;
  readonly poststed: string;
} {
  const { adresselinje1, adresselinje2, postnummer, poststed } = parseAddress(text);
  if (!adresselinje1 || adresselinje2 || !postnummer || !poststed) throw addressError(text);
  return { adresselinje1, postnummer, poststed };
}

function lines(given: readonly string[], text: string): PostalAddress {
  if (given.length > MAX_LINES) throw addressError(text);
  return Object.fromEntries(given.map((line, index) => [`adresselinje${index + 1}`, line]));
}

function addressError(text: string): CliError {
  return new CliError(EXIT.usage, said('cli.error.address', { text }), { hint: said('cli.hint.address') });
}
