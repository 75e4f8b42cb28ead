import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { DamagedBody, type Delivery } from '@grunnmur/amqp-server/ports';
import { type ObjectStore, objectFault, objectKey } from '@grunnmur/kernel/storage';
import type { HentetMelding } from '../../store/meldinger/ko-store.ts';
import { EXCHANGE_NAME } from '../../types.ts';
import { queueName } from './queue-name.ts';

/** The server adds it to each of the sender's own headers; clients take it off (fiks-io §3.4). */
const OWN = 'egendefinert-header.';
/** Both spellings are in use; whoever reads one finds it (§6.4). */
const SPELLINGS = ['klientKorrelasjonsId', 'klientKorrelasjonId'] as const;
const EMPTY = new Uint8Array(0);

/** A message as AMQP clients see it (fiks-io §3.4). */
export function toDelivery(melding: HentetMelding, token: unknown, storage: ObjectStore): Delivery {
  const { objekt, tenant_id: tenant } = melding;
  const inline = melding.dokument_id !== null || objekt === null;
  return {
    token,
    redelivered: melding.redelivered,
    exchange: EXCHANGE_NAME,
    routingKey: queueName(melding.konto_id),
    headers: headersOf(melding),
    expiration: String(Math.max(1, Math.floor(melding.rest_ms))),
    messageId: melding.id,
    timestamp: melding.mottatt,
    size: melding.dokument_id === null ? melding.storrelse : 0,
    body: inline
      ? (melding.innhold ?? EMPTY)
      : () => openChecked(storage, objectKey(tenant, objekt), melding.storrelse),
  };
}

/** Larger payloads are read twice, once to check them: held in memory for each channel they would be too much. */
const HELD_BYTES = 256 * 1024;

async function openChecked(storage: ObjectStore, key: string, size: number): Promise<Readable> {
  try {
    if (size <= HELD_BYTES) return Readable.from([await buffer(await storage.get(key))]);
    for await (const _ of await storage.get(key));
    return await storage.get(key);
  } catch (error) {
    if (objectFault(error)) throw new DamagedBody(error);
    throw error;
  }
}

function headersOf(melding: HentetMelding): Record<string, string> {
  const headers: Record<string, string> = {
    'melding-id': melding.id,
    type: melding.type,
    'avsender-id': melding.avsender_konto_id,
  };
  if (melding.svar_til) headers['svar-til'] = melding.svar_til;
  if (melding.svar_til_type) headers['svar-til-type'] = melding.svar_til_type;
  if (melding.dokument_id) headers['dokumentlager-id'] = melding.dokument_id;
  if (melding.avsender_navn) headers['avsender-navn'] = melding.avsender_navn;
  for (const [name, value] of Object.entries(melding.headere)) headers[`${OWN}${name}`] = value;
  const [right, old] = SPELLINGS;
  const dialogue = melding.headere[right] ?? melding.headere[old];
  if (dialogue !== undefined) for (const name of SPELLINGS) headers[`${OWN}${name}`] ??= dialogue;
  return headers;
}
