import { createHash } from 'node:crypto';
import type { IntegrationPrincipal } from '@grunnmur/access';
import type { Delivery } from '@grunnmur/amqp-server/ports';
import { encryptCms } from '@grunnmur/cms';
import { writeAsice } from '@grunnmur/exchange-client/asice';
import type { SelfSigned } from '@grunnmur/kernel/crypto';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { VALIDATOR_RAPPORT } from '../../protocols/data/frie-typer.ts';
import type { Rapport, ValidatorRapport } from '../../protocols/definitions/validator-rapport.ts';
import type { Konto } from '../../types.ts';
import type { Sender } from '../meldinger/create-sender.ts';
import { DEFAULT_TTL_MS } from '../meldinger/limits.ts';
import { headereOf } from './check-delivery.ts';

export interface Answer {
  readonly konto: Konto;
  readonly delivery: Delivery;
  readonly rapport: Rapport;
  /** The konto's own pair: signs the container. */
  readonly signer: SelfSigned;
  /** The sender's certificate: who may read the report. */
  readonly mottakerPem: string;
}

/** Sends the report as any client would: in a signed container, encrypted to the sender (fiks-io §2.2, §4). */
export async function sendReport(ctx: Ctx, send: Sender, answer: Answer): Promise<void> {
  const { konto, delivery, rapport, signer, mottakerPem } = answer;
  const dokument: ValidatorRapport = {
    ...rapport,
    meldingId: delivery.messageId,
    kontrollert: ctx.now().toISOString(),
  };
  const content = Buffer.from(JSON.stringify(dokument, null, 2));
  const container = writeAsice([{ name: 'rapport.json', content }], signer, { signingTime: ctx.now() });
  const dialog = headereOf(delivery).klientKorrelasjonsId;
  await send(ctx, principalOf(konto, ctx), {
    metadata: {
      avsenderKontoId: konto.id,
      mottakerKontoId: delivery.headers['avsender-id']!,
      meldingType: VALIDATOR_RAPPORT,
      svarPaMelding: delivery.messageId,
      ttl: DEFAULT_TTL_MS,
      headere: {
        klientMeldingId: idFor(delivery.messageId),
        ...(dialog !== undefined && { klientKorrelasjonsId: dialog }),
      },
    },
    body: encryptCms(container, [mottakerPem], { transport: 'oaep' }),
    finish: async () => {},
    announcedBytes: undefined,
  });
}

/** The konto's integration, which the platform is here. */
function principalOf(konto: Konto, { actor }: Ctx): IntegrationPrincipal {
  return {
    kind: 'integration',
    integrationId: konto.integrasjonId,
    name: konto.navn,
    orgnr: '',
    tenant: konto.tenant,
    grants: [],
    actor,
  };
}

/** The same for the same message, so that a report that is sent twice is known as one (UUID version 8). */
function idFor(meldingId: string): string {
  const bytes = createHash('sha256').update(`${VALIDATOR_RAPPORT} ${meldingId}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
