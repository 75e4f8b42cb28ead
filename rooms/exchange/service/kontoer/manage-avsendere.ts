import type { Ctx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { isUuid } from '@grunnmur/kernel/ids';
import { ExchangeError } from '../../errors.ts';
import { deleteAvsender, insertAvsender, listAvsendere } from '../../store/kontoer/avsender-store.ts';
import { findKontoFacts } from '../../store/kontoer/facts-store.ts';
import { lockKonto, updateKonto } from '../../store/kontoer/konto-store.ts';
import { applyChange, type KontoDeps } from './change.ts';
import { check } from './invalid.ts';
import { type KontoFacts, kontoFacts } from './konto-facts.ts';
import { organisationsById } from './organisations.ts';

const MAX_AVSENDERE = 1000;

export interface AksepterteAvsendere {
  readonly avsendere: readonly { kontoId: string; kontoNavn: string; fiksOrgNavn: string }[];
  readonly aktivert: boolean;
}

/** Who one of the acting tenant's kontoer takes messages from, and whether that limit is in use (fiks-io §2.4). */
export async function aksepterteAvsendere(
  ctx: Ctx,
  deps: KontoDeps,
  konto: KontoFacts,
): Promise<AksepterteAvsendere> {
  const found = await withTransaction(ctx, async (trx) => {
    const ids = await listAvsendere(trx, konto.id);
    const byId = new Map((await findKontoFacts(trx, ids)).map((row) => [row.id, kontoFacts(row)]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  });
  const organisations = await organisationsById(
    ctx,
    deps,
    found.map(({ tenant }) => tenant),
  );
  return {
    avsendere: found.map(({ id, navn, tenant }) => ({
      kontoId: id,
      kontoNavn: navn,
      fiksOrgNavn: organisations.get(tenant)?.name ?? '',
    })),
    aktivert: konto.aksepterteAvsendereAktivert,
  };
}

/** Any konto may be accepted by its exact id. Repeating it changes nothing. Throws `exchange.konto_not_found` (404). */
export async function acceptAvsender(
  ctx: Ctx,
  deps: KontoDeps,
  kontoId: string,
  avsenderKontoId: string,
): Promise<void> {
  const avsender = await deps.kontoer.facts(ctx, avsenderKontoId);
  if (!avsender || avsender.slettet) throw ExchangeError.kontoNotFound();
  const change = { operation: 'akseptert_avsender.add', object: kontoId, detail: { avsender: avsender.id } };
  await applyChange(ctx, deps, change, async (trx) => {
    if (!(await lockKonto(trx, kontoId))) throw ExchangeError.kontoNotFound();
    const added = await insertAvsender(trx, kontoId, avsender.id, MAX_AVSENDERE);
    check(added === 1, 'kontoId', 'maxItems', `kontoen har ${MAX_AVSENDERE} aksepterte avsendere fra før`);
  });
}

/** Throws `exchange.konto_not_found` (404) when the sender is not among the accepted. */
export async function removeAvsender(
  ctx: Ctx,
  deps: KontoDeps,
  kontoId: string,
  avsenderKontoId: string,
): Promise<void> {
  if (!isUuid(avsenderKontoId)) throw ExchangeError.kontoNotFound();
  const change = {
    operation: 'akseptert_avsender.remove',
    object: kontoId,
    detail: { avsender: avsenderKontoId },
  };
  await applyChange(ctx, deps, change, async (trx) => {
    if ((await deleteAvsender(trx, kontoId, avsenderKontoId)) === 0) throw ExchangeError.kontoNotFound();
  });
}

/** Begins or ends to refuse everybody who is not accepted. */
export async function limitAvsendere(
  ctx: Ctx,
  deps: KontoDeps,
  kontoId: string,
  aktivert: boolean,
): Promise<void> {
  const operation = aktivert ? 'akseptert_avsender.activate' : 'akseptert_avsender.deactivate';
  await applyChange(ctx, deps, { operation, object: kontoId }, async (trx) => {
    if ((await updateKonto(trx, kontoId, { aksepterteAvsendereAktivert: aktivert })) === 0)
      throw ExchangeError.kontoNotFound();
  });
}
