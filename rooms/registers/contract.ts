import { contractOf } from '@grunnmur/kernel/room';
import type { Population } from './population/create-population.ts';
import type { MailboxSupplier } from './population/types.ts';

export {
  isSyntheticOrgnr,
  isValidOrgnr,
  type OrganisationNumberRules,
} from './numbers/organisation-number.ts';
export {
  isValidFnr,
  PERSON_NUMBER_TEXT,
  type PersonNumberFault,
  type PersonNumberKind,
  type PersonNumberRules,
  personNumberFault,
  personNumberKind,
  personNumberRules,
} from './numbers/person-number.ts';
export type { Population } from './population/create-population.ts';
export type { DemoOrganisation, DemoPerson, MailboxSupplier, Situation } from './population/types.ts';

/** A person's entry in the contact and reservation register (Kontakt- og reservasjonsregisteret, KRR). */
export interface Contact {
  readonly fnr: string;
  /** `status` is AKTIV. */
  readonly registered: boolean;
  /** Reserved against digital communication (eForvaltningsforskriften § 15 a): paper only. */
  readonly reserved: boolean;
  readonly status: 'AKTIV' | 'SLETTET' | 'IKKE_REGISTRERT';
  /** The register says that legal notification may be sent digitally (KAN_VARSLES, eForvaltningsforskriften § 32). */
  readonly notifiable: boolean;
  /** Only when updated or verified within the last 18 months (§ 32); the same for `mobile`. */
  readonly email?: string;
  readonly mobile?: string;
  /** The chosen digital mailbox; absent when it lacks an address, a supplier or a readable certificate. */
  readonly mailbox?: Mailbox;
  readonly language?: 'nb' | 'nn' | 'en' | 'se';
}

export interface Mailbox {
  readonly address: string;
  /** 984661185 (Digipost) or 922020175 (e-Boks). */
  readonly supplierOrgnr: string;
  /** Certificate that letters to the mailbox are encrypted for. */
  readonly certificatePem: string;
}

export interface ContactRegister {
  /**
   * Looks up persons, in HTTP calls of at most 1000. Calls made within a few milliseconds of each other share one
   * HTTP call. The answer has an entry for every number asked for; numbers the register does not know have status
   * IKKE_REGISTRERT. At most 50 000 numbers.
   *
   * Throws `registers.invalid_fnr`, `registers.too_many_ids`, or `registers.krr_…`.
   */
  lookup(fnrs: readonly string[], signal?: AbortSignal): Promise<Map<string, Contact>>;
}

/** A Norwegian postal address, ready to print: lines, then postal code and place. */
export interface Address {
  readonly lines: readonly string[];
  readonly postalCode: string;
  readonly city: string;
  readonly municipalityNumber?: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
}

export interface Organisation {
  readonly orgnr: string;
  readonly name: string;
  /** Organisation form, e.g. KOMM, FYLK, ORGL, AS, ENK; BEDR and AAFY for sub-units. */
  readonly form: { readonly code: string; readonly description?: string };
  /** `subunit` (underenhet) belongs to `parentOrgnr` and cannot exist alone. */
  readonly kind: 'unit' | 'subunit';
  readonly parentOrgnr?: string;
  readonly businessAddress?: Address;
  readonly postalAddress?: Address;
  /** Official written form of Norwegian. */
  readonly language?: 'nb' | 'nn';
  readonly employees?: number;
  readonly bankrupt: boolean;
  readonly windingUp: boolean;
  /** Day of deletion from the register, `YYYY-MM-DD`. A deleted organisation receives nothing. */
  readonly deletedOn?: string;
}

export interface OrganisationRegister {
  /** Main unit or sub-unit; `null` when the register does not know the number. */
  find(orgnr: string, signal?: AbortSignal): Promise<Organisation | null>;
  /** Main units by name, best first. `limit` 1–100. */
  search(text: string, limit: number, signal?: AbortSignal): Promise<readonly Organisation[]>;
}

/** Grading of a person's address: fortrolig is what is called kode 7, strengt fortrolig kode 6. */
export type AddressProtection = 'none' | 'client' | 'confidential' | 'strictly-confidential';

export interface PersonName {
  readonly first: string;
  readonly middle?: string;
  readonly last: string;
}

/** A guardian (verge) of an adult, with the tasks the guardianship covers. */
export interface Verge {
  readonly fnr: string;
  readonly tasks: readonly { readonly area: string; readonly task: string }[];
}

export interface Person {
  readonly fnr: string;
  readonly name: PersonName;
  /** `YYYY-MM-DD`. */
  readonly born?: string;
  /** As in the population register: bosatt, utflyttet, doed … */
  readonly status: string;
  readonly deceased: boolean;
  readonly diedOn?: string;
  readonly protection: AddressProtection;
  /** Residential address. Never present when the address is graded confidential or strictly confidential. */
  readonly address?: Address;
  /** Holders of parental responsibility for this child. */
  readonly guardians: readonly string[];
  /** Children this person has parental responsibility for. */
  readonly children: readonly string[];
  readonly proxies: readonly Verge[];
}

export interface PersonSummary {
  readonly fnr: string;
  readonly name: PersonName;
  readonly born?: string;
}

export interface PopulationRegister {
  find(fnr: string, signal?: AbortSignal): Promise<Person | null>;
  /**
   * Living persons by name, without addresses. Persons with a graded address are never listed, whatever the
   * register answers. `limit` 1–50.
   */
  search(name: string, limit: number, signal?: AbortSignal): Promise<readonly PersonSummary[]>;
}

/** First, middle and last name in reading order. */
export function fullName(name: PersonName): string {
  return [name.first, name.middle, name.last].filter(Boolean).join(' ');
}

/** The gateways to the national registers. */
export interface Registers {
  readonly contacts: ContactRegister;
  readonly organisations: OrganisationRegister;
  readonly population: PopulationRegister;
  /** The invented country, in a demonstration. */
  readonly invented?: Invented;
}

export interface Invented {
  readonly population: Population;
  /** Their certificates stand in the contact register and sign their receipts. */
  readonly mailboxes: readonly MailboxSupplier[];
}

export const REGISTERS = contractOf<Registers>('registers');
