import { audit } from '@grunnmur/kernel/audit';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { KernelError } from '@grunnmur/kernel/errors';
import { SENDER_COLOURS, type SenderProfile } from '../contract.ts';
import { findProfiler, saveProfil } from '../store/profil-store.ts';

type Field = keyof SenderProfile;

/** Longest texts, in characters; as the table has them. */
const LONGEST: Readonly<Record<Field, number>> = {
  farge: 20,
  adresse: 300,
  epost: 254,
  personvernEpost: 254,
  telefon: 30,
  nettsted: 300,
};

interface Shape {
  readonly fits: (value: string) => boolean;
  /** What a value must be, in words: shown with the field's name. */
  readonly rule: string;
}

const EMAIL: Shape = {
  fits: (value) => /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/.test(value),
  rule: 'e-mail address, name@domain',
};

const SHAPES: Partial<Readonly<Record<Field, Shape>>> = {
  farge: {
    fits: (value) => SENDER_COLOURS.some((colour) => colour === value),
    rule: `one of ${SENDER_COLOURS.join(', ')}`,
  },
  epost: EMAIL,
  personvernEpost: EMAIL,
  telefon: {
    fits: (value) => /^\+?[\d ]{3,}$/.test(value),
    rule: 'digits and spaces, perhaps + before them',
  },
  nettsted: {
    fits: (value) => URL.canParse(value) && new URL(value).protocol === 'https:',
    rule: 'web address that begins with https://',
  },
};

/**
 * Sets how the acting organisation is shown to its readers; what is left out is removed. Throws `kernel.validation`
 * naming each wrong field.
 */
export async function setSenderProfile(ctx: Ctx, profile: SenderProfile): Promise<void> {
  const picked = Object.fromEntries(
    (Object.keys(LONGEST) as Field[]).map((field) => [field, profile[field]?.trim() || undefined]),
  ) as unknown as SenderProfile;
  const faults = (Object.keys(LONGEST) as Field[]).flatMap((field) => {
    const value = picked[field];
    if (value === undefined) return [];
    if (value.length > LONGEST[field] || /\p{Cc}/u.test(value))
      return [{ field, rule: `at most ${LONGEST[field]} characters, on one line` }];
    const shape = SHAPES[field];
    return shape && !shape.fits(value) ? [{ field, rule: shape.rule }] : [];
  });
  if (faults.length > 0)
    throw KernelError.validation({
      params: { detail: faults.map(({ field }) => field).join(', ') },
      fields: faults,
    });
  await withTransaction(ctx, async (trx) => {
    await saveProfil(trx, picked);
    await audit(trx, [{ operation: 'post.avsenderprofil.endret', outcome: 'ok', detail: picked }]);
  });
}

/** Profiles by tenant, for whoever reads; senders without one are left out. */
export function senderProfiles(
  ctx: Ctx,
  tenants: readonly string[],
): Promise<ReadonlyMap<string, SenderProfile>> {
  return withTransaction(ctx, (trx) => findProfiler(trx, tenants));
}
