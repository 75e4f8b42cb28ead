import { audit } from '@grunnmur/kernel/audit';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { KernelError } from '@grunnmur/kernel/errors';
import { isUuid, newId } from '@grunnmur/kernel/ids';
import { findKontoer, saveKonto } from '../store/konto-store.ts';

/** Where paper comes back to, as it stands on the front page. */
interface Returadresse {
  readonly adresselinje1: string;
  readonly postnummer: string;
  readonly poststed: string;
}

export interface NyKonto {
  /** 1–200 characters: the sender, as recipients see it. */
  readonly navn: string;
  readonly returadresse?: Returadresse;
}

const LONGEST = { navn: 200, adresselinje1: 100, postnummer: 10, poststed: 100 } as const;

/**
 * Makes an account that the acting organisation sends letters from (a SvarUt-konto) and answers its id. Throws
 * `kernel.validation` naming each wrong field. Logins and integrations are let to it by the room `access`.
 */
export async function createKonto(ctx: Ctx, { navn, returadresse }: NyKonto): Promise<{ kontoId: string }> {
  const given = Object.entries({ navn, ...returadresse }) as [keyof typeof LONGEST, string][];
  const fields = given.flatMap(([field, value]) => {
    const most = LONGEST[field];
    const fits = value.trim() !== '' && value.length <= most && !/\p{Cc}/u.test(value);
    return fits ? [] : [{ field, rule: `1 to ${most} characters, on one line` }];
  });
  if (fields.length > 0)
    throw KernelError.validation({ params: { detail: fields.map(({ field }) => field).join(', ') }, fields });
  const kontoId = newId();
  await withTransaction(ctx, async (trx) => {
    await saveKonto(trx, {
      id: kontoId,
      navn,
      innstillinger: returadresse ? { forside: { navn, ...returadresse } } : {},
    });
    await audit(trx, [
      { operation: 'post.konto.opprettet', object: kontoId, outcome: 'ok', detail: { navn } },
    ]);
  });
  return { kontoId };
}

/** Throws `kernel.validation` unless all of the accounts are the acting organisation's own. */
export async function requireOwnKontoer(ctx: Ctx, ids: readonly string[]): Promise<void> {
  const known = await withTransaction(ctx, (trx) => findKontoer(trx, ids.filter(isUuid)));
  const own = new Set(known.filter(({ tenantId }) => tenantId === ctx.tenant).map(({ id }) => id));
  const strange = ids.filter((id) => !own.has(id));
  if (strange.length === 0) return;
  throw KernelError.validation({
    params: { detail: 'account' },
    fields: strange.map((id) => ({ field: 'account', rule: `${id}: the organisation has no such account` })),
  });
}
