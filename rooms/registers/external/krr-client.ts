import { isAppError } from '@grunnmur/kernel/errors';
import type { TokenSupplier } from '@grunnmur/kernel/outgoing';
import { type Static, Type } from 'typebox';
import type { Contact, ContactRegister, Mailbox } from '../contract.ts';
import { E } from '../errors.ts';
import { isValidFnr } from '../numbers/person-number.ts';
import { checker, maybe, text } from './answer-schema.ts';
import { coalesceLookups } from './coalesce-lookups.ts';
import { createUpstream, type UpstreamOptions } from './upstream.ts';

export interface KrrOptions extends UpstreamOptions {
  readonly token: TokenSupplier;
  /** Clock, for the 18 months of eForvaltningsforskriften § 32. */
  readonly now: () => Date;
  /** Accept synthetic identity numbers. Production passes `false`. */
  readonly synthetic: boolean;
}

/** The register takes 1–1000 identity numbers in a call. */
const KRR_MAX_IDS = 1000;
const MAX_IDS_PER_LOOKUP = 50_000;
const COALESCE_WAIT_MS = 3;
const MAX_CONCURRENT = 4;
/** 1000 persons with a certificate each are about 3 MB. */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;
const CONTACT_VALID_MONTHS = 18;

const KrrAnswer = Type.Object({ personer: Type.Array(Type.Unknown(), { maxItems: KRR_MAX_IDS }) });

const KrrPerson = Type.Object({
  personidentifikator: Type.String({ pattern: '^[0-9]{11}$' }),
  status: Type.Union([Type.Literal('AKTIV'), Type.Literal('SLETTET'), Type.Literal('IKKE_REGISTRERT')]),
  reservasjon: maybe(Type.Union([Type.Literal('JA'), Type.Literal('NEI')])),
  varslingsstatus: maybe(Type.Union([Type.Literal('KAN_VARSLES'), Type.Literal('KAN_IKKE_VARSLES')])),
  kontaktinformasjon: maybe(
    Type.Object({
      epostadresse: maybe(text()),
      epostadresse_oppdatert: maybe(text(50)),
      epostadresse_sist_verifisert: maybe(text(50)),
      mobiltelefonnummer: maybe(text(30)),
      mobiltelefonnummer_oppdatert: maybe(text(50)),
      mobiltelefonnummer_sist_verifisert: maybe(text(50)),
    }),
  ),
  digital_post: maybe(
    Type.Object({ postkasseadresse: maybe(text()), postkasseleverandoeradresse: maybe(text(30)) }),
  ),
  sertifikat: maybe(text(20_000)),
  spraak: maybe(text(10)),
});
type KrrPerson = Static<typeof KrrPerson>;

const isAnswer = checker(KrrAnswer);
const isPerson = checker(KrrPerson);

/**
 * Client of the contact and reservation register, REST v2 (`POST /rest/v2/personer`, Digdir: "Oppslagstjenesten
 * REST"). One call with 1000 persons is far cheaper than 1000 calls, so concurrent look-ups share calls.
 */
export function createKrrClient(options: KrrOptions): ContactRegister & { close(): Promise<void> } {
  const upstream = createUpstream(options, MAX_RESPONSE_BYTES, {
    unavailable: E.krrUnavailable,
    rateLimited: E.krrRateLimited,
    refused: E.krrRefused,
    rejected: E.krrRejected,
    invalidAnswer: E.krrInvalidAnswer,
  });
  const lookup = coalesceLookups<Contact>({
    maxBatch: KRR_MAX_IDS,
    waitMs: COALESCE_WAIT_MS,
    maxConcurrent: MAX_CONCURRENT,
    load: async (fnrs, signal) => {
      const body = { personidentifikatorer: fnrs };
      const answer = await upstream.call({ method: 'POST', path: '/rest/v2/personer', body, signal });
      return readAnswer(answer.json, options.now());
    },
    missing: () => E.krrInvalidAnswer({ params: { reason: 'person missing or malformed' } }),
    mayBeOneKey: (error) => isAppError(error) && error.params.status === 400,
  });
  return {
    lookup: async (fnrs, signal) => {
      if (fnrs.length > MAX_IDS_PER_LOOKUP) throw E.tooManyIds({ params: { limit: MAX_IDS_PER_LOOKUP } });
      const rules = { synthetic: options.synthetic, control2032: true };
      if (!fnrs.every((fnr) => isValidFnr(fnr, rules))) throw E.invalidFnr();
      return lookup(fnrs, signal);
    },
    close: () => upstream.close(),
  };
}

/** A malformed person is left out, so that only those who asked for it get an error. */
function readAnswer(json: unknown, now: Date): Map<string, Contact> {
  if (!isAnswer(json)) throw E.krrInvalidAnswer({ params: { reason: 'schema' } });
  const contacts = new Map<string, Contact>();
  for (const person of json.personer) {
    if (isPerson(person) && isComplete(person))
      contacts.set(person.personidentifikator, toContact(person, now));
  }
  return contacts;
}

/** The register always tells an active person's reservation; a missing one must never be taken for a no. */
function isComplete(person: KrrPerson): boolean {
  return person.status !== 'AKTIV' || person.reservasjon != null;
}

function toContact(person: KrrPerson, now: Date): Contact {
  const info = person.kontaktinformasjon;
  const email = inForce(
    info?.epostadresse,
    info?.epostadresse_oppdatert,
    info?.epostadresse_sist_verifisert,
    now,
  );
  const mobile = inForce(
    info?.mobiltelefonnummer,
    info?.mobiltelefonnummer_oppdatert,
    info?.mobiltelefonnummer_sist_verifisert,
    now,
  );
  const mailbox = toMailbox(person);
  const language = toLanguage(person.spraak);
  return {
    fnr: person.personidentifikator,
    registered: person.status === 'AKTIV',
    reserved: person.reservasjon === 'JA',
    status: person.status,
    notifiable: person.status === 'AKTIV' && person.varslingsstatus === 'KAN_VARSLES',
    ...(email && { email }),
    ...(mobile && { mobile }),
    ...(mailbox && { mailbox }),
    ...(language && { language }),
  };
}

type Text = string | null | undefined;

/**
 * The address when it was updated or verified within 18 months (eForvaltningsforskriften § 32, judged for e-mail and
 * mobile apart). Without any date the register's own `varslingsstatus` is what we have, and the address is kept.
 */
function inForce(address: Text, updated: Text, verified: Text, now: Date): string | undefined {
  if (!address) return undefined;
  const times = [updated, verified].map(toTime).filter((time) => time !== null);
  const limit = new Date(now);
  limit.setUTCMonth(limit.getUTCMonth() - CONTACT_VALID_MONTHS);
  return times.length === 0 || Math.max(...times) >= limit.getTime() ? address : undefined;
}

/** The register writes offsets both as `Z`, `+02:00` and `+02`; the last is not ISO for `Date.parse`. */
function toTime(value: Text): number | null {
  if (!value) return null;
  const time = Date.parse(value.replace(/(T.*[+-]\d\d)$/, '$1:00'));
  return Number.isNaN(time) ? null : time;
}

function toMailbox(person: KrrPerson): Mailbox | undefined {
  const address = person.digital_post?.postkasseadresse;
  const supplierOrgnr = person.digital_post?.postkasseleverandoeradresse;
  const certificatePem = toPem(person.sertifikat);
  return address && supplierOrgnr && certificatePem ? { address, supplierOrgnr, certificatePem } : undefined;
}

/** PEM as it is; bare Base64 (the older form) gets its lines and frame. Anything else cannot be encrypted for. */
function toPem(certificate: Text): string | undefined {
  const value = certificate?.trim();
  if (!value) return undefined;
  if (value.startsWith('-----BEGIN CERTIFICATE-----')) return value;
  const base64 = value.replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----`;
}

function toLanguage(value: Text): Contact['language'] {
  return value === 'nb' || value === 'nn' || value === 'en' || value === 'se' ? value : undefined;
}
