import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

/** Furthest a request's clock may be off, as in S3. */
const MAX_SKEW_MS = 15 * 60_000;

/**
 * Checks AWS Signature Version 4 in the Authorization header, the body's hash included. Answers the S3 error code
 * that the real service would, or undefined when all is right.
 */
export function checkSignature(
  request: IncomingMessage,
  body: Buffer,
  credentials: S3Credentials,
): string | undefined {
  const header = request.headers.authorization ?? '';
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      header,
    );
  if (!match) return 'AccessDenied';
  const [, accessKeyId, day, region, signedHeaders, signature] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if (accessKeyId !== credentials.accessKeyId) return 'InvalidAccessKeyId';
  if (region !== credentials.region) return 'AuthorizationHeaderMalformed';
  const names = signedHeaders.split(';');
  const time = headerOf(request, 'x-amz-date');
  if (!names.includes('host') || !names.includes('x-amz-date') || !time.startsWith(day))
    return 'AccessDenied';
  if (!(Math.abs(Date.now() - parseTime(time)) < MAX_SKEW_MS)) return 'RequestTimeTooSkewed';
  const bodyHash = headerOf(request, 'x-amz-content-sha256');
  if (bodyHash !== sha256(body)) return 'XAmzContentSHA256Mismatch';

  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonicalRequest(request, names, bodyHash))].join(
    '\n',
  );
  const expected = hmac(signingKey(credentials.secretAccessKey, day, region), toSign);
  return timingSafeEqual(expected, Buffer.from(signature, 'hex')) ? undefined : 'SignatureDoesNotMatch';
}

function canonicalRequest(request: IncomingMessage, names: readonly string[], bodyHash: string): string {
  const url = new URL(request.url ?? '/', 'http://fake');
  const query = [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const headers = names
    .map((name) => `${name}:${headerOf(request, name).trim().replace(/ +/g, ' ')}\n`)
    .join('');
  return [request.method, url.pathname, query, headers, names.join(';'), bodyHash].join('\n');
}

function signingKey(secret: string, day: string, region: string): Buffer {
  return [day, region, 's3', 'aws4_request'].reduce(
    (key: Buffer, part) => hmac(key, part),
    Buffer.from(`AWS4${secret}`),
  );
}

function headerOf(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}

/** `20260301T120000Z`. */
function parseTime(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}
