import type { Address, AddressProtection } from '../contract.ts';

/** What a synthetic person is an example of. Each person has exactly one. */
export type Situation =
  | 'digital-mailbox'
  | 'altinn'
  | 'reserved'
  | 'no-contact'
  | 'child'
  | 'guardian'
  | 'proxy'
  | 'protected-address'
  | 'deceased'
  | 'sole-proprietor';

/** All situations, in the order lists show them. */
export const SITUATIONS: readonly Situation[] = [
  'digital-mailbox',
  'altinn',
  'reserved',
  'no-contact',
  'child',
  'guardian',
  'proxy',
  'protected-address',
  'deceased',
  'sole-proprietor',
];

/** What the contact register holds about a synthetic person. */
export interface SyntheticContact {
  readonly status: 'AKTIV' | 'SLETTET' | 'IKKE_REGISTRERT';
  readonly reserved: boolean;
  readonly email?: string;
  readonly mobile?: string;
  /**
   * Age of the last verification. Days, not a date: the register drops contact data after 18 months, and the people
   * must still be reachable years after they were invented.
   */
  readonly verifiedDaysAgo: number;
  readonly mailbox?: { readonly address: string; readonly supplierOrgnr: string };
  readonly language: 'nb' | 'nn' | 'en' | 'se';
}

export interface SyntheticPerson {
  readonly fnr: string;
  readonly firstName: string;
  readonly middleName?: string;
  readonly lastName: string;
  /** First, middle and last name. */
  readonly name: string;
  readonly sex: 'kvinne' | 'mann';
  /** `YYYY-MM-DD`. */
  readonly born: string;
  readonly situation: Situation;
  readonly protection: AddressProtection;
  readonly diedOn?: string;
  /** Of protected persons too: the population register knows it. Never show it without looking at `protection`. */
  readonly address: Address;
  readonly guardians: readonly string[];
  readonly children: readonly string[];
  /** The guardian (verge) of an adult under guardianship. */
  readonly proxyFnr?: string;
  readonly contact: SyntheticContact;
}

export type OrganisationForm =
  | 'KOMM'
  | 'FYLK'
  | 'ORGL'
  | 'AS'
  | 'ENK'
  | 'FLI'
  | 'SA'
  | 'IKS'
  | 'STI'
  | 'BEDR';

export interface SyntheticOrganisation {
  readonly orgnr: string;
  readonly name: string;
  readonly form: OrganisationForm;
  /** Sub-units (BEDR) and parts of a municipality (ORGL) have one. */
  readonly parentOrgnr?: string;
  readonly address: Address;
  readonly municipalityName: string;
  readonly language: 'nb' | 'nn';
  readonly industry: { readonly code: string; readonly description: string };
  readonly employees: number;
  /** Owner of a sole proprietorship. */
  readonly ownerFnr?: string;
  readonly registeredOn: string;
  readonly bankrupt: boolean;
  readonly deletedOn?: string;
  /** Removed from the open data as if it had never been there (HTTP 410). */
  readonly removed: boolean;
}

/** A person for pick-a-person login pages and examples. No address: some of them are protected. */
export interface DemoPerson {
  readonly fnr: string;
  readonly name: string;
  readonly situation: Situation;
}

export interface DemoOrganisation {
  readonly orgnr: string;
  readonly name: string;
  readonly form: OrganisationForm;
}

/** A simulated mailbox supplier: its certificate stands in the contact register and signs its receipts. */
export interface MailboxSupplier {
  readonly orgnr: string;
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}
