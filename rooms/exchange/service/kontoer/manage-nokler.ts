import type { Ctx } from '@grunnmur/kernel/ctx';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import { isUuid, newId } from '@grunnmur/kernel/ids';
import { ExchangeError } from '../../errors.ts';
import { lockKonto } from '../../store/kontoer/konto-store.ts';
import {
  currentFingeravtrykk,
  endNokkel,
  insertNokkel,
  listNokler,
  type NokkelHistoryRow,
} from '../../store/kontoer/nokkel-store.ts';
import { type ReadCertificate, readCertificate } from './certificate.ts';
import { applyChange, type KontoDeps } from './change.ts';

/** Most keys of one konto's history that are shown. */
const MAX_HISTORY = 200;

/**
 * Gives one of the acting tenant's kontoer a key. The key before it stays in the history; the same certificate again
 * changes nothing. Throws `exchange.invalid_certificate` (400) and `exchange.konto_not_found` (404).
 */
export async function setNokkel(ctx: Ctx, deps: KontoDeps, kontoId: string, pem: string): Promise<void> {
  if (!isUuid(kontoId)) throw ExchangeError.kontoNotFound();
  const certificate = readCertificate(pem);
  const change = {
    operation: 'nokkel.set',
    object: kontoId,
    detail: { fingeravtrykk: certificate.fingerprint },
  };
  await applyChange(ctx, deps, change, async (trx) => {
    // Two uploads at once take turns, so that each finds the other's key.
    if (!(await lockKonto(trx, kontoId))) throw ExchangeError.kontoNotFound();
    await putNokkel(trx, kontoId, certificate);
  });
}

/** Within the transaction of a change; the konto must be locked or new. */
export async function putNokkel(trx: Trx, kontoId: string, certificate: ReadCertificate): Promise<void> {
  if ((await currentFingeravtrykk(trx, kontoId)) === certificate.fingerprint) return;
  await endNokkel(trx, kontoId);
  await insertNokkel(trx, {
    id: newId(trx.ctx.now().getTime()),
    kontoId,
    pem: certificate.pem,
    fingeravtrykk: certificate.fingerprint,
    serienummer: certificate.serialNumber,
    subjekt: certificate.subject,
    utsteder: certificate.issuer,
    gyldigFra: certificate.notBefore,
    gyldigTil: certificate.notAfter,
    bits: certificate.keyBits,
  });
}

/** Removes the present key; it stays in the history. Throws `exchange.nokkel_not_found` (404) when there is none. */
export async function removeNokkel(ctx: Ctx, deps: KontoDeps, kontoId: string): Promise<void> {
  await applyChange(ctx, deps, { operation: 'nokkel.remove', object: kontoId }, async (trx) => {
    if (!(await lockKonto(trx, kontoId))) throw ExchangeError.kontoNotFound();
    if ((await endNokkel(trx, kontoId)) === 0) throw ExchangeError.nokkelNotFound();
  });
}

/** Present and earlier keys of one of the acting tenant's kontoer, newest first, at most 200. */
export function nokkelHistory(ctx: Ctx, kontoId: string): Promise<NokkelHistoryRow[]> {
  return withTransaction(ctx, (trx) => listNokler(trx, kontoId, MAX_HISTORY));
}
