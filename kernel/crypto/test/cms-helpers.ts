import { readFileSync } from 'node:fs';
import { type DecryptionKey, decryptCms } from '../index.ts';

export const VECTORS = new URL('./vectors/', import.meta.url);

export function vector(name: string): Buffer {
  return readFileSync(new URL(name, VECTORS));
}

/** The key that the vectors are made for, with its certificate. */
export const vectorKey: DecryptionKey = {
  privateKeyPem: vector('key.pem').toString(),
  certificatePem: vector('certificate.pem').toString(),
};

export async function* chunked(bytes: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

export function decryptAll(
  message: Uint8Array,
  keys: readonly DecryptionKey[] = [vectorKey],
  chunk = 1000,
): Promise<Buffer> {
  return gather(decryptCms(chunked(message, chunk), keys));
}

/** A definite or (with `length` undefined) indefinite BER element. */
export function ber(
  tag: number,
  content: Uint8Array,
  form: 'short' | 'long' | 'indefinite' = 'short',
): Buffer {
  if (form === 'indefinite') return Buffer.concat([Buffer.of(tag, 0x80), content, Buffer.alloc(2)]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  if (form === 'long') return Buffer.concat([Buffer.of(tag, 0x86, 0, 0), length, content]);
  const significant = content.length < 0x80 ? Buffer.of(content.length) : trimmed(length);
  return Buffer.concat([Buffer.of(tag), significant, content]);
}

function trimmed(length: Buffer): Buffer {
  const rest = length.subarray(length.findIndex((byte) => byte !== 0));
  return Buffer.concat([Buffer.of(0x80 | rest.length), rest]);
}

export interface Parts {
  recipients?: Buffer;
  iv?: Buffer;
  algorithm?: Buffer;
  content?: Buffer;
  attributes?: Buffer;
  originator?: Buffer;
  form?: 'short' | 'long' | 'indefinite';
}

/** An EnvelopedData put together by hand; with `open`, cut after the recipients. */
export function frame(parts: Parts, open = false): Buffer {
  const { recipients = ber(0x31, Buffer.alloc(0)), iv = Buffer.alloc(16), form = 'indefinite' } = parts;
  const oid = (hex: string) => ber(0x06, Buffer.from(hex, 'hex'));
  const algorithm = parts.algorithm ?? ber(0x30, Buffer.concat([oid('60864801650304012a'), ber(0x04, iv)]));
  const none = Buffer.alloc(0);
  const before = Buffer.concat([ber(0x02, Buffer.of(2)), parts.originator ?? none, recipients]);
  if (open) {
    const start = [Buffer.of(0x30, 0x80), oid('2a864886f70d010703'), Buffer.of(0xa0, 0x80, 0x30, 0x80)];
    return Buffer.concat([...start, before]);
  }
  const info = ber(
    0x30,
    Buffer.concat([oid('2a864886f70d010701'), algorithm, parts.content ?? ber(0x80, Buffer.alloc(16))]),
    form,
  );
  const enveloped = ber(0x30, Buffer.concat([before, info, parts.attributes ?? none]), form);
  return ber(0x30, Buffer.concat([oid('2a864886f70d010703'), ber(0xa0, enveloped, form)]), form);
}

/** A recipient named by the key identifier of the vectors' certificate. */
export function recipientInfo(encryptedKey: Buffer, transport: 'pkcs1' | 'oaep' = 'pkcs1'): Buffer {
  const named = vector('key-id.cms');
  const at = named.indexOf(Buffer.of(0x80, 0x14)) + 2;
  const oid = ber(
    0x06,
    Buffer.from(transport === 'oaep' ? '2a864886f70d010107' : '2a864886f70d010101', 'hex'),
  );
  // Absent OAEP parameters are SHA-1 throughout (RFC 4055 section 4.1).
  const algorithm = ber(
    0x30,
    Buffer.concat([oid, transport === 'oaep' ? Buffer.of(0x30, 0) : Buffer.of(0x05, 0)]),
  );
  const keyId = ber(0x80, named.subarray(at, at + 20));
  return ber(0x30, Buffer.concat([ber(0x02, Buffer.of(2)), keyId, algorithm, ber(0x04, encryptedKey)]));
}
