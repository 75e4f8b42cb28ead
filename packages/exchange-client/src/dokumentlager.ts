import type { Readable } from 'node:stream';
import { encryptCms } from '@grunnmur/cms';
import { type Call, discard, type HttpApi } from './http-api.ts';
import { multipartBody } from './multipart-body.ts';

export type EksponertFor =
  | { readonly type: 'PERSON'; readonly fnr: string }
  | { readonly type: 'ORGANISASJON'; readonly orgnr: string; readonly ressursType?: string }
  | { readonly type: 'INTEGRASJON'; readonly id: string }
  | { readonly type: 'AUTORISASJON'; readonly privilegium: string; readonly ressurs: string }
  | { readonly type: 'MATRIKKELENHET'; readonly matrikkelenhet: Readonly<Record<string, string>> };

export interface UploadWish {
  readonly fiksOrgId: string;
  /** Dokumentlager konto. */
  readonly kontoId: string;
  readonly dokumentnavn: string;
  readonly mimetype: string;
  /** Seconds, negative for ever; or `tilgjengeligTil`. */
  readonly ttl?: number;
  readonly tilgjengeligTil?: string;
  readonly sikkerhetsniva: 3 | 4;
  readonly eksponertFor: readonly EksponertFor[];
  readonly korrelasjonsid?: string;
  readonly ikkeLagreDokumentLastetNed?: boolean;
  readonly content: AsyncIterable<Uint8Array>;
  /** Encrypt here instead of there. Default: when `sikkerhetsniva` is 4 (fiks-io §2.6). */
  readonly krypter?: boolean;
  readonly signal?: AbortSignal;
}

export interface UploadedDocument {
  readonly id: string;
  readonly dokumentnavn: string;
  readonly mimeType: string;
  readonly ukryptertStorrelse: number;
  readonly kryptertStorrelse: number;
}

export interface DocumentMetadata extends UploadedDocument {
  readonly korrelasjonsid?: string;
}

type WithSignal = Pick<Call, 'signal'>;

/** Fiks Dokumentlager (fiks-io §2.6). */
export interface Dokumentlager {
  upload(wish: UploadWish): Promise<UploadedDocument>;
  /** The bytes as they were uploaded. A stream that ends too early fails. */
  download(dokumentId: string, options?: WithSignal): Promise<Readable>;
  metadata(dokumentId: string, options?: WithSignal): Promise<DocumentMetadata>;
  delete(fiksOrgId: string, kontoId: string, dokumentId: string, options?: WithSignal): Promise<void>;
}

const API = '/dokumentlager/api/v1';
const DOWNLOAD = '/dokumentlager/nedlasting';

export function createDokumentlager(api: HttpApi): Dokumentlager {
  const documents = (org: string, konto: string) =>
    `${API}/${encodeURIComponent(org)}/kontoer/${encodeURIComponent(konto)}/dokumenter`;
  return {
    upload: async ({ fiksOrgId, kontoId, content, krypter, signal, ...metadata }) => {
      const encrypt = krypter ?? metadata.sikkerhetsniva === 4;
      const source = encrypt
        ? encryptCms(content, [await publicKey(api, signal)], { transport: 'oaep' })
        : content;
      const file = { name: 'dokument', fileName: encodeURIComponent(metadata.dokumentnavn), content: source };
      const { contentType, body } = multipartBody(metadata, file);
      return api.json<UploadedDocument>(`${documents(fiksOrgId, kontoId)}/?kryptert=${encrypt}`, {
        method: 'POST',
        headers: { 'content-type': contentType },
        body,
        ...(signal ? { signal } : {}),
      });
    },
    download: async (id, options) =>
      (await api.call(`${DOWNLOAD}/${encodeURIComponent(id)}`, { ...options })).body,
    metadata: (id, options) => api.json(`${DOWNLOAD}/${encodeURIComponent(id)}/metadata`, { ...options }),
    delete: async (org, konto, id, options) => {
      const answer = await api.call(`${documents(org, konto)}/${encodeURIComponent(id)}`, {
        ...options,
        method: 'DELETE',
      });
      await discard(answer.body);
    },
  };
}

async function publicKey(api: HttpApi, signal?: AbortSignal): Promise<string> {
  const { body } = await api.call(`${API}/public-key`, signal ? { signal } : {});
  let pem = '';
  for await (const chunk of body.setEncoding('utf8')) {
    pem += chunk;
    if (pem.length > 65_536) break;
  }
  return pem;
}
