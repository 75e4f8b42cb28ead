import { X509Certificate } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import {
  type AsiceContainer,
  AsiceError,
  type AsiceErrorCode,
  openAsice,
} from '@grunnmur/exchange-client/asice';
import { DOKUMENT_GRENSER } from './avvik.ts';
import type { Funn, Rapport } from './definitions/validator-rapport.ts';
import { advarsel, feil } from './funn.ts';
import {
  type EgneSkjemaer,
  type Fil,
  type MeldingMetadata,
  mustBeRead,
  validateMessage,
} from './validate-message.ts';

export const PAKKE_GRENSER = { bytes: 100_000_000, filer: 1000, utpakket: 1_000_000_000 } as const;

export interface Pakke {
  readonly metadata: MeldingMetadata;
  /** The payload: files by themselves, an ASiC-E container that is not encrypted (bytes, or a path), or none. */
  readonly payload:
    | { readonly filer: readonly Fil[] }
    | { readonly beholder: AsyncIterable<Uint8Array> | string }
    | undefined;
}

export interface PakkeOptions {
  readonly skjemaer?: EgneSkjemaer | undefined;
  readonly now?: Date;
}

/**
 * Checks a message with what it carries, as it would be checked by its receiver: the container's structure, digests and
 * signature (fiks-io §4.1), then the documents against the protocol (§5).
 */
export async function validatePackage(
  { metadata, payload }: Pakke,
  options: PakkeOptions = {},
): Promise<Rapport> {
  if (!payload) return validateMessage({ ...metadata, filer: undefined }, options.skjemaer);
  if ('filer' in payload) return validateMessage({ ...metadata, filer: payload.filer }, options.skjemaer);
  const lest = await readContainer(metadata.meldingstype, payload.beholder);
  const rapport = await validateMessage({ ...metadata, filer: lest.filer }, options.skjemaer);
  const { funn, signert } = describeSigners(lest.signert, options.now ?? new Date());
  return withFunn({ ...rapport, ...(signert.length > 0 && { signert }) }, [...lest.funn, ...funn]);
}

/** Adds what was found before the message itself was looked at. */
export function withFunn(rapport: Rapport, funn: readonly Funn[]): Rapport {
  return {
    ...rapport,
    gyldig: rapport.gyldig && !funn.some(({ alvor }) => alvor === 'feil'),
    funn: [...funn, ...rapport.funn],
  };
}

interface Lest {
  readonly filer: readonly Fil[] | 'ulest';
  readonly funn: readonly Funn[];
  readonly signert: AsiceContainer['signers'];
}

async function readContainer(
  meldingstype: string,
  source: AsyncIterable<Uint8Array> | string,
): Promise<Lest> {
  let container: AsiceContainer | undefined;
  try {
    container = await openAsice(source, {
      maxContainerBytes: PAKKE_GRENSER.bytes,
      maxEntries: PAKKE_GRENSER.filer,
      maxUncompressedBytes: PAKKE_GRENSER.utpakket,
      // Told below; its documents are checked all the same.
      requireSignature: false,
    });
    const filer = await readFiles(meldingstype, container);
    const usignert = container.signers.length === 0;
    return { filer, funn: usignert ? [toFunn('missing_signature')] : [], signert: container.signers };
  } catch (error) {
    if (!(error instanceof AsiceError)) throw error;
    return { filer: 'ulest', funn: [toFunn(error.code, error.entry)], signert: [] };
  } finally {
    await container?.close();
  }
}

/** Every file is read to its end, which verifies its digest; only documents that are checked are kept. */
async function readFiles(meldingstype: string, container: AsiceContainer): Promise<Fil[]> {
  const filer: Fil[] = [];
  let budsjett: number = DOKUMENT_GRENSER.bytes;
  for await (const { name: navn, bytes: storrelse, body } of container.entries()) {
    const leses = storrelse <= budsjett && mustBeRead(meldingstype, navn);
    if (leses) budsjett -= storrelse;
    filer.push({ navn, storrelse, ...(leses && { innhold: await buffer(body) }) });
  }
  return filer;
}

function describeSigners(
  signers: AsiceContainer['signers'],
  now: Date,
): { readonly funn: Funn[]; readonly signert: NonNullable<Rapport['signert']> } {
  const sertifikater = signers.map(({ certificatePem }) => new X509Certificate(certificatePem));
  const utenfor = (x509: X509Certificate) => now < x509.validFromDate || now > x509.validToDate;
  return {
    funn: sertifikater.some(utenfor)
      ? [
          advarsel(
            'beholder',
            'sertifikat-gyldighet',
            'Sertifikatet til den som har signert er ikke gyldig nå',
          ),
        ]
      : [],
    signert: sertifikater.map((x509) => ({
      subjectDN: oneLine(x509.subject),
      issuerDN: oneLine(x509.issuer),
      serial: x509.serialNumber,
      validTo: x509.validToDate.toISOString(),
    })),
  };
}

function oneLine(name: string): string {
  return name.split('\n').join(', ');
}

const TEKSTER: Readonly<Record<AsiceErrorCode, string>> = {
  not_a_container: 'Payloaden er ikke en ASiC-E-beholder, eller den er skadet',
  wrong_mimetype: 'Filen mimetype sier at beholderen ikke er en ASiC-E',
  unsupported_entry: 'En fil i beholderen er kryptert eller pakket på en måte som ikke støttes',
  bad_name: 'En fil i beholderen har et navn som ikke er tillatt',
  duplicate_name: 'To filer i beholderen har samme navn',
  too_many_entries: `Beholderen har flere enn ${PAKKE_GRENSER.filer} filer`,
  too_large: 'Beholderen er for stor til å kontrolleres',
  zip_bomb: 'Beholderen pakkes ut til langt mer enn ekte innhold gjør',
  unknown_metadata: 'META-INF har en fil som ikke hører til i en ASiC-E med CAdES; Java-klienten avviser den',
  bad_manifest: 'Manifestet følger ikke ETSI TS 102 918',
  unsupported_algorithm: 'Beholderen bruker en algoritme som ikke støttes',
  missing_signature: 'Beholderen er ikke signert',
  bad_signature: 'Signaturen passer ikke til manifestet',
  unsigned_file: 'En fil i beholderen står ikke i manifestet',
  missing_file: 'Manifestet har en fil som ikke er i beholderen',
  digest_mismatch: 'En fil er endret etter at den ble signert',
  bad_signer: 'Signaturen kan ikke kontrolleres',
  no_files: 'Beholderen har ingen filer',
};

function toFunn(code: AsiceErrorCode, entry?: string): Funn {
  return feil(entry ?? 'beholder', code.replaceAll('_', '-'), TEKSTER[code]);
}
