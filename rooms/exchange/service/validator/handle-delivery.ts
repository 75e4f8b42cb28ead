import type { Delivery, Outcome } from '@grunnmur/amqp-server/ports';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { isAppError } from '@grunnmur/kernel/errors';
import type { Logger } from '@grunnmur/kernel/log';
import { VALIDATOR_RAPPORT } from '../../protocols/data/frie-typer.ts';
import { hasAnswered } from '../../store/validator/nokkel-store.ts';
import { type Konto, SERVERFEIL, TIDSAVBRUDD } from '../../types.ts';
import type { KontoLookups } from '../kontoer/create-kontoer.ts';
import type { Sender } from '../meldinger/create-sender.ts';
import { sendReport } from './answer.ts';
import { type CheckDeps, checkDelivery } from './check-delivery.ts';
import { loadValidatorKeys } from './validator-keys.ts';

export interface HandleDeps extends CheckDeps {
  readonly log: Logger;
  readonly systemCtx: Ctx;
  readonly masterKey: Uint8Array;
  readonly kontoer: Pick<KontoLookups, 'nokkel'>;
  readonly send: Sender;
}

/** Never answered: the platform's own messages (fiks-io §3.6), and reports, or two validators would write to each other for ever. */
const UBESVART = [TIDSAVBRUDD, SERVERFEIL, VALIDATOR_RAPPORT];

/**
 * Checks a message and answers it. `reject` when the sender cannot be answered, which its timeline shows; `requeue` when
 * something here failed. May run twice for one message; the report is sent once, unless the platform is stopped in between.
 */
export async function handleDelivery(deps: HandleDeps, konto: Konto, delivery: Delivery): Promise<Outcome> {
  if (UBESVART.includes(delivery.headers.type ?? '')) return 'ack';
  const actor = { kind: 'integration', id: konto.integrasjonId, name: konto.navn } as const;
  const ctx = withCtx(deps.systemCtx, { tenant: konto.tenant, actor });
  try {
    return await answer(ctx, deps, konto, delivery);
  } catch (error) {
    const refused = isAppError(error) && error.status < 500;
    // Codes only: texts may tell of the content.
    const code = (error as { code?: unknown }).code ?? (error as Error).name;
    deps.log.warn(
      { meldingId: delivery.messageId, code },
      'a message to a validator konto could not be answered',
    );
    return refused ? 'reject' : 'requeue';
  }
}

async function answer(ctx: Ctx, deps: HandleDeps, konto: Konto, delivery: Delivery): Promise<Outcome> {
  const { messageId } = delivery;
  if (delivery.redelivered) {
    const answered = await withTransaction(ctx, (trx) =>
      hasAnswered(trx, konto.id, messageId, VALIDATOR_RAPPORT),
    );
    if (answered) return 'ack';
  }
  const keys = await loadValidatorKeys(ctx, deps.masterKey, konto.id);
  const [signer] = keys;
  const mottaker = await deps.kontoer.nokkel(ctx, delivery.headers['avsender-id'] ?? '');
  if (!signer || !mottaker) return 'reject';
  const rapport = await checkDelivery(ctx, deps, konto, keys, delivery);
  await sendReport(ctx, deps.send, { konto, delivery, rapport, signer, mottakerPem: mottaker.pem });
  return 'ack';
}
