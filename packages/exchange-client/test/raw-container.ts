import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import * as pkijs from 'pkijs';
import { type AsiceSigner, prepareSigner } from '../src/asice/index.ts';
import { signDetached } from '../src/asice/signer.ts';
import { writeZip, type ZipWriterEntry } from '../src/asice/zip-writer.ts';

export interface RawContainer {
  readonly files?: Record<string, string>;
  readonly namespace?: string;
  readonly digestUri?: string;
  readonly digest?: string;
  readonly manifestName?: string;
  readonly manifest?: (xml: string) => string;
  readonly references?: Record<string, string>;
  readonly signature?: (signature: Buffer) => Buffer;
  readonly extra?: ZipWriterEntry[];
  readonly mimetype?: string;
  readonly signed?: boolean;
}

/** A container by hand, with whatever is unusual or wrong about it. */
export async function rawContainer(signer: AsiceSigner, wish: RawContainer): Promise<Buffer> {
  const files = wish.files ?? { 'payload.json': '{}' };
  const algorithm = wish.digest ?? 'sha256';
  const uri = wish.digestUri ?? `http://www.w3.org/2001/04/xmlenc#${algorithm}`;
  const references = Object.entries(wish.references ?? files).map(
    ([name, content]) =>
      `<a:DataObjectReference URI="${name}" MimeType="application/json"><d:DigestMethod Algorithm="${uri}"/><d:DigestValue>${createHash(algorithm).update(content).digest('base64')}</d:DigestValue></a:DataObjectReference>`,
  );
  const plain = `<a:ASiCManifest xmlns:a="${wish.namespace ?? 'http://uri.etsi.org/02918/v1.2.1#'}" xmlns:d="http://www.w3.org/2000/09/xmldsig#"><a:SigReference URI="META-INF/signature-1.p7s" MimeType="application/x-pkcs7-signature"/>${references.join('')}</a:ASiCManifest>`;
  const manifest = Buffer.from(wish.manifest ? wish.manifest(plain) : plain);
  const signature = await signDetached(manifest, prepareSigner(signer), new Date());
  const entries: ZipWriterEntry[] = [
    // Deflated, as .NET may have it.
    { name: 'mimetype', content: one(wish.mimetype ?? 'application/vnd.etsi.asic-e+zip') },
    ...Object.entries(files).map(([name, content]) => ({ name, content: one(content) })),
    { name: wish.manifestName ?? 'META-INF/asicmanifest.xml', content: manifest },
    ...(wish.signed === false
      ? []
      : [
          {
            name: 'META-INF/signature-1.p7s',
            content: wish.signature ? wish.signature(signature) : signature,
          },
        ]),
    ...(wish.extra ?? []),
  ];
  return buffer(Readable.from(writeZip(Readable.from(entries), '')));
}

async function* one(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

/** A signature with something changed in it. */
export function changedSignature(signature: Buffer, change: (data: pkijs.SignedData) => void): Buffer {
  const message = pkijs.ContentInfo.fromBER(Uint8Array.from(signature));
  const data = new pkijs.SignedData({ schema: message.content });
  change(data);
  message.content = data.toSchema(true);
  return Buffer.from(message.toSchema().toBER());
}
