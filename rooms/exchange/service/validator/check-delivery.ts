import type { Delivery } from '@grunnmur/amqp-server/ports';
import { CmsError, type DecryptionKey, decryptCms } from '@grunnmur/cms';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { isAppError } from '@grunnmur/kernel/errors';
import type { Documents } from '../../contract.ts';
import type { Funn, Rapport } from '../../protocols/definitions/validator-rapport.ts';
import { feil } from '../../protocols/funn.ts';
import {
  type EgneSkjemaer,
  type MeldingMetadata,
  validateMessage,
} from '../../protocols/validate-message.ts';
import { PAKKE_GRENSER, validatePackage, withFunn } from '../../protocols/validate-package.ts';
import type { Konto } from '../../types.ts';

export interface CheckDeps {
  readonly documents: Pick<Documents, 'open'>;
  readonly skjemaer?: EgneSkjemaer | undefined;
}

const EGEN = 'egendefinert-header.';
/** Encryption adds the keys of the recipients and little else. */
const MAX_KRYPTERT = PAKKE_GRENSER.bytes + 1_000_000;

/** Checks a message as its receiver: decrypts it, opens the container, and holds it against the protocol (fiks-io §4, §5). */
export async function checkDelivery(
  ctx: Ctx,
  deps: CheckDeps,
  konto: Konto,
  keys: readonly DecryptionKey[],
  delivery: Delivery,
): Promise<Rapport> {
  const metadata = metadataOf(delivery);
  const options = { skjemaer: deps.skjemaer, now: ctx.now() };
  if (delivery.headers['dokumentlager-id'] === undefined && delivery.size === 0) {
    return validatePackage({ metadata, payload: undefined }, options);
  }
  try {
    const kryptert = await openPayload(ctx, deps, konto, delivery);
    const beholder = decryptCms(kryptert, keys);
    return alike(await validatePackage({ metadata, payload: { beholder } }, options));
  } catch (error) {
    const funn = toFunn(error);
    if (!funn) throw error;
    return withFunn(await validateMessage({ ...metadata, filer: 'ulest' }, deps.skjemaer), [funn]);
  }
}

export function headereOf({ headers }: Delivery): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([navn]) => navn.startsWith(EGEN))
      .map(([navn, verdi]) => [navn.slice(EGEN.length), verdi]),
  );
}

function metadataOf(delivery: Delivery): MeldingMetadata {
  const svarTil = delivery.headers['svar-til'];
  return {
    meldingstype: delivery.headers.type ?? '',
    headere: headereOf(delivery),
    ...(svarTil !== undefined && { svarPaMelding: svarTil }),
  };
}

class ForStor extends Error {}

async function openPayload(
  ctx: Ctx,
  { documents }: CheckDeps,
  { integrasjonId }: Konto,
  { headers, size, body }: Delivery,
): Promise<AsyncIterable<Uint8Array>> {
  const dokumentId = headers['dokumentlager-id'];
  if (dokumentId !== undefined) {
    const dokument = await documents.open(ctx, integrasjonId, dokumentId);
    if (dokument.storrelse > MAX_KRYPTERT) throw new ForStor();
    return dokument.open();
  }
  if (size > MAX_KRYPTERT) throw new ForStor();
  if (typeof body === 'function') return body();
  return (async function* () {
    yield body;
  })();
}

const DEKRYPTERING = feil(
  'payload',
  'dekryptering',
  'Payloaden kan ikke dekrypteres til en ASiC-E-beholder med kontoens nøkkel',
);

/**
 * A wrong key and content that is no container are told alike: the answer must not help anybody to decrypt by trial (see
 * `decryptCms`).
 */
function alike(rapport: Rapport): Rapport {
  const funn = rapport.funn.map((each) => (each.regel === 'not-a-container' ? DEKRYPTERING : each));
  return { ...rapport, funn };
}

function toFunn(error: unknown): Funn | undefined {
  if (error instanceof ForStor)
    return feil('payload', 'too-large', 'Payloaden er for stor til å kontrolleres');
  if (isAppError(error) && error.status < 500) return feil('payload', 'utilgjengelig', error.message);
  if (!(error instanceof CmsError)) return undefined;
  switch (error.code) {
    case 'not_cms':
      return feil('payload', 'ikke-kryptert', 'Payloaden er ikke CMS EnvelopedData');
    case 'no_matching_recipient':
      return feil('payload', 'mottaker', 'Payloaden er kryptert til en annen nøkkel enn kontoens');
    case 'unsupported_algorithm':
      return feil('payload', 'algoritme', 'Payloaden er kryptert med en algoritme som ikke støttes');
    default:
      return DEKRYPTERING;
  }
}
