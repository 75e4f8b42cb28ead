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

const SHAPES: Partial<Readonly<Record<Field, (value: string) => boolean>>> = {
  farge: (value) => SENDER_COLOURS.some((colour) => colour === value),
  epost: isEmail,
  personvernEpost: isEmail,
  telefon: (value) => /^\+?[\d ]{3,}$/.test(value),
  nettsted: (value) => URL.canParse(value) && new URL(value).protocol === 'https:',
};

function isEmail(value: string): boolean {
  return /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/.test(value);
}

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
    if (value.length > LONGEST[field] || /\p{Cc}/u.test(value)) return [{ field, rule: 'text' }];
    return SHAPES[field]?.(value) === false ? [{ field, rule: 'format' }] : [];
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
