import { audit } from '@grunnmur/kernel/audit';
import { createLruMap } from '@grunnmur/kernel/auth';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { MINUTE_MS } from '@grunnmur/kernel/time';
import type { ContactStatus } from '@grunnmur/portal';
import type { Contact, ContactRegister } from '@grunnmur/registers';

/** Somebody who changes the register's entry sees it here within this time. */
const KEPT_MS = 10 * MINUTE_MS;
const MOST_KEPT = 10_000;
/** An inbox does not wait for a register. */
const PATIENCE_MS = 1500;

/**
 * How a person hears of new letters, by the contact register. Asked at most once in ten minutes for each person; the
 * look-up stands in the access log, as the person's own. Undefined when the register does not answer at once.
 */
export function createContactStatus(
  contacts: ContactRegister,
): (ctx: Ctx, fnr: string) => Promise<ContactStatus | undefined> {
  const kept = createLruMap<string, { readonly status: ContactStatus; readonly until: number }>(MOST_KEPT);
  return async (ctx, fnr) => {
    const known = kept.get(fnr);
    if (known && known.until > performance.now()) return known.status;
    await withTransaction(ctx, (trx) => audit(trx, [lookUp(fnr)]));
    const found = await contacts
      .lookup([fnr], AbortSignal.timeout(PATIENCE_MS))
      .catch((err: unknown) => void ctx.log.warn({ err }, 'the contact register did not answer an inbox'));
    const contact = found?.get(fnr);
    if (!contact) return undefined;
    const status = toStatus(contact);
    kept.set(fnr, { status, until: performance.now() + KEPT_MS });
    return status;
  };
}

function lookUp(fnr: string) {
  return {
    operation: 'registers.kontaktinformasjon.oppslag',
    subject: fnr,
    informationKind: 'kontaktinformasjon',
    purpose: 'portal.vise_varsling',
    outcome: 'ok',
  } as const;
}

/** A digital mailbox sends its own notices. */
function toStatus({ reserved, notifiable, mailbox }: Contact): ContactStatus {
  if (reserved) return 'reserved';
  return notifiable || mailbox ? 'notified' : 'unreachable';
}
