import { createSelfSigned, type SelfSigned, unwrapSecret, wrapSecret } from '@grunnmur/kernel/crypto';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { DAY_MS } from '@grunnmur/kernel/time';
import { ExchangeError } from '../../errors.ts';
import { lockKonto } from '../../store/kontoer/konto-store.ts';
import { insertValidatorNokkel, listValidatorNokler } from '../../store/validator/nokkel-store.ts';
import { readCertificate } from '../kontoer/certificate.ts';
import { applyChange, type KontoDeps } from '../kontoer/change.ts';
import { putNokkel } from '../kontoer/manage-nokler.ts';

const VALID_MS = 5 * 365 * DAY_MS;
/** Messages live at most a year, so few old keys can be needed. */
const MAX_KEYS = 5;

/**
 * Makes one of the acting tenant's kontoer a validator konto, or gives it a new key: the platform makes the pair, keeps the private
 * half sealed, and puts the public half into the catalogue. Throws `exchange.konto_not_found` (404).
 */
export async function giveValidatorKey(
  ctx: Ctx,
  deps: Pick<KontoDeps, 'kontoer'>,
  masterKey: Uint8Array,
  kontoId: string,
): Promise<void> {
  const now = ctx.now().getTime();
  const { certificatePem, privateKeyPem } = await createSelfSigned({
    commonName: 'Grunnmur validator',
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + VALID_MS),
  });
  const certificate = readCertificate(certificatePem);
  const fingeravtrykk = certificate.fingerprint;
  const change = { operation: 'validator.nokkel', object: kontoId, detail: { fingeravtrykk } };
  await applyChange(ctx, deps, change, async (trx) => {
    if (!(await lockKonto(trx, kontoId))) throw ExchangeError.kontoNotFound();
    await putNokkel(trx, kontoId, certificate);
    await insertValidatorNokkel(trx, kontoId, {
      fingeravtrykk,
      pem: certificate.pem,
      privat_forseglet: wrapSecret(
        masterKey,
        Buffer.from(privateKeyPem),
        sealedFor(ctx.tenant, kontoId, fingeravtrykk),
      ),
    });
  });
}

/** The key pairs of one of the acting tenant's validator kontoer, newest first. */
export async function loadValidatorKeys(
  ctx: Ctx,
  masterKey: Uint8Array,
  kontoId: string,
): Promise<SelfSigned[]> {
  const rows = await withTransaction(ctx, (trx) => listValidatorNokler(trx, kontoId, MAX_KEYS));
  return rows.map(({ fingeravtrykk, pem, privat_forseglet }) => {
    const sealed = sealedFor(ctx.tenant, kontoId, fingeravtrykk);
    return {
      certificatePem: pem,
      privateKeyPem: unwrapSecret(masterKey, privat_forseglet, sealed).toString('utf8'),
    };
  });
}

function sealedFor(tenant: string | null, kontoId: string, fingeravtrykk: string): string {
  return `exchange.validator_nokkel:${tenant}:${kontoId}:${fingeravtrykk}`;
}
