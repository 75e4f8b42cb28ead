import type { Random } from './random.ts';
import type { Situation, SyntheticContact } from './types.ts';

/** Mailbox suppliers by organisation number (Digdir: digital post til innbyggere). */
export const MAILBOX_SUPPLIERS = { digipost: '984661185', eBoks: '922020175' } as const;

/** Verified lately; anything below 18 months is usable. */
const FRESH_DAYS = 480;
/** Longer than 18 months. */
const STALE_DAYS = 600;

export interface ContactWish {
  readonly situation: Situation;
  /** Running number of the person; makes addresses unique. */
  readonly index: number;
  readonly language: SyntheticContact['language'];
  /** Overrides for demonstration persons. */
  readonly supplier?: keyof typeof MAILBOX_SUPPLIERS;
  readonly kind?: ContactKind;
}

export type ContactKind = 'mailbox' | 'plain' | 'reserved' | 'stale' | 'unknown' | 'deleted';

/** The entry in the contact register that fits the person's situation. */
export function createContact(random: Random, wish: ContactWish): SyntheticContact {
  const kind = wish.kind ?? kindFor(random, wish.situation);
  const base = { reserved: false, verifiedDaysAgo: random.int(FRESH_DAYS), language: wish.language };
  if (kind === 'unknown') return { ...base, status: 'IKKE_REGISTRERT' };
  if (kind === 'deleted') return { ...base, status: 'SLETTET' };
  const active = { ...base, status: 'AKTIV' as const, ...channels(random, wish.index) };
  if (kind === 'reserved') return { ...active, reserved: true };
  if (kind === 'stale') return { ...active, verifiedDaysAgo: STALE_DAYS + random.int(900) };
  return kind === 'mailbox' ? { ...active, mailbox: createMailbox(random, wish) } : active;
}

function kindFor(random: Random, situation: Situation): ContactKind {
  switch (situation) {
    case 'digital-mailbox':
      return 'mailbox';
    case 'altinn':
      return 'plain';
    case 'reserved':
      return 'reserved';
    case 'no-contact':
      return random.chance(60) ? 'unknown' : 'stale';
    case 'child':
      return 'unknown';
    case 'deceased':
      return 'deleted';
    case 'proxy':
      return random.chance(70) ? 'unknown' : 'plain';
    case 'guardian':
    case 'protected-address':
    case 'sole-proprietor':
      return random.chance(55) ? 'mailbox' : 'plain';
  }
}

/**
 * Most have both channels, some only one. The domain is reserved for examples (RFC 2606), and no Norwegian number of
 * eight digits begins with 0, so that nothing sent by mistake reaches anybody.
 */
function channels(random: Random, index: number): { email?: string; mobile?: string } {
  const email = `innbygger${index}@post.example`;
  const mobile = `+470${String(index).padStart(7, '0')}`;
  const draw = random.int(100);
  if (draw < 80) return { email, mobile };
  return draw < 90 ? { email } : { mobile };
}

function createMailbox(random: Random, wish: ContactWish): NonNullable<SyntheticContact['mailbox']> {
  const supplier = wish.supplier ?? (random.chance(65) ? 'digipost' : 'eBoks');
  const serial = String(wish.index).padStart(6, '0');
  const address =
    supplier === 'digipost'
      ? `innbygger.${serial}#${1000 + random.int(9000)}`
      : `8${serial}${random.int(1000)}`;
  return { address, supplierOrgnr: MAILBOX_SUPPLIERS[supplier] };
}
