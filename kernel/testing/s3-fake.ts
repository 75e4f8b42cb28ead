import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { checkSignature, type S3Credentials } from './s3-fake-signature.ts';

export interface S3FakeOptions extends S3Credentials {
  readonly bucket: string;
  /** Keys in one page of a listing. Default 1000, as in S3. */
  readonly pageSize?: number;
}

export interface S3Fake {
  /** `http://127.0.0.1:<port>`; path-style addressing. */
  readonly url: string;
  /** Object keys, sorted, and unfinished multipart uploads as `upload:<key>`. */
  everything(): string[];
  read(key: string): Promise<Buffer>;
  write(key: string, bytes: Buffer): Promise<void>;
  /** Asked before each request that is signed right; a status makes it fail with that. */
  failWith: (method: string, url: URL) => number | undefined;
  /** Every request, as `METHOD path?query`. */
  readonly requests: string[];
  close(): Promise<void>;
}

interface StoredFile {
  readonly file: string;
  readonly size: number;
  readonly etag: string;
  readonly modifiedAt: Date;
}

interface Upload {
  readonly key: string;
  readonly initiated: Date;
  readonly parts: Map<number, StoredFile>;
}

interface State {
  readonly options: S3FakeOptions;
  readonly folder: string;
  readonly objects: Map<string, StoredFile>;
  readonly uploads: Map<string, Upload>;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly key: string;
  readonly body: Buffer;
}

/** Smallest part of a multipart upload but the last. */
const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_BODY_BYTES = 64 * 1024 * 1024;

class S3Error extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

/**
 * An S3 server on the loopback interface with one bucket: put, multipart upload, get with range, head, delete, listings.
 * It refuses what the real one refuses: a request not signed with the expected keys (Signature Version 4), a body that
 * is not the signed one, parts that are too small or out of order, a mass delete without checksum. Bodies are kept in
 * files, so that it can stand in for S3 in tests of memory use.
 */
export async function startS3Fake(options: S3FakeOptions): Promise<S3Fake> {
  const folder = await mkdtemp(join(tmpdir(), 'grunnmur-s3-'));
  const state: State = { options, folder, objects: new Map(), uploads: new Map() };
  const requests: string[] = [];
  const server = createServer((request, response) => void answer(state, fake, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fake: S3Fake = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    everything: () =>
      [...state.objects.keys(), ...[...state.uploads.values()].map(({ key }) => `upload:${key}`)].sort(),
    read: (key) => readFile(state.objects.get(key)!.file),
    write: async (key, bytes) => {
      state.objects.set(key, await storeBody(state, bytes));
    },
    failWith: () => undefined,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
  return fake;
}

async function answer(
  state: State,
  fake: S3Fake,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://fake');
  fake.requests.push(`${request.method} ${url.pathname}${url.search}`);
  try {
    const body = await readBody(request);
    const refused = checkSignature(request, body, state.options);
    if (refused) throw new S3Error(refused === 'XAmzContentSHA256Mismatch' ? 400 : 403, refused);
    const failure = fake.failWith(request.method ?? '', url);
    if (failure) throw new S3Error(failure, 'InternalError');
    const [, bucket, ...rest] = decodeURIComponent(url.pathname).split('/');
    if (bucket !== state.options.bucket) throw new S3Error(404, 'NoSuchBucket');
    await dispatch(state, { request, response, url, key: rest.join('/'), body });
  } catch (error) {
    if (response.headersSent) return void response.destroy();
    const { status, code } = error instanceof S3Error ? error : { status: 500, code: 'InternalError' };
    send(
      response,
      status,
      request.method === 'HEAD' ? '' : `<Error><Code>${code}</Code><Message>${code}</Message></Error>`,
    );
  }
}

async function dispatch(state: State, exchange: Exchange): Promise<void> {
  const { request, url, key } = exchange;
  const has = (name: string) => url.searchParams.has(name);
  const { method } = request;
  if (key === '') {
    if (method === 'GET' && url.searchParams.get('list-type') === '2') return listObjects(state, exchange);
    if (method === 'GET' && has('uploads')) return listUploads(state, exchange);
    if (method === 'POST' && has('delete')) return deleteObjects(state, exchange);
  } else if (has('uploadId')) {
    if (method === 'PUT') return putPart(state, exchange);
    if (method === 'POST') return completeUpload(state, exchange);
    if (method === 'DELETE') return abortUpload(state, exchange);
  } else if (method === 'POST' && has('uploads')) return createUpload(state, exchange);
  else if (method === 'PUT') return putObject(state, exchange);
  else if (method === 'GET' || method === 'HEAD') return getObject(state, exchange);
  throw new S3Error(501, 'NotImplemented');
}

async function putObject(state: State, { response, key, body }: Exchange): Promise<void> {
  const stored = await storeBody(state, body);
  state.objects.set(key, stored);
  response.setHeader('ETag', stored.etag);
  send(response, 200, '');
}

async function getObject(state: State, { request, response, key }: Exchange): Promise<void> {
  const object = state.objects.get(key);
  if (!object) throw new S3Error(404, 'NoSuchKey');
  const condition = request.headers['if-match'];
  if (condition && condition !== object.etag) throw new S3Error(412, 'PreconditionFailed');
  response.setHeader('ETag', object.etag);
  response.setHeader('Last-Modified', object.modifiedAt.toUTCString());
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const start = range ? Number(range[1]) : 0;
  const end = Math.min(range?.[2] ? Number(range[2]) : object.size - 1, object.size - 1);
  if (range && start > end) throw new S3Error(416, 'InvalidRange');
  if (range) response.setHeader('Content-Range', `bytes ${start}-${end}/${object.size}`);
  response.setHeader('Content-Length', end - start + 1);
  response.writeHead(range ? 206 : 200);
  if (request.method === 'HEAD' || object.size === 0) return void response.end();
  await pipeline(createReadStream(object.file, { start, end }), response).catch(() => {});
}

function createUpload(state: State, { response, key }: Exchange): void {
  const id = randomUUID();
  state.uploads.set(id, { key, initiated: new Date(), parts: new Map() });
  sendXml(
    response,
    `<InitiateMultipartUploadResult><Key>${toXml(key)}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
  );
}

async function putPart(state: State, exchange: Exchange): Promise<void> {
  const upload = uploadOf(state, exchange);
  const stored = await storeBody(state, exchange.body);
  upload.parts.set(Number(exchange.url.searchParams.get('partNumber')), stored);
  exchange.response.setHeader('ETag', stored.etag);
  send(exchange.response, 200, '');
}

async function completeUpload(state: State, exchange: Exchange): Promise<void> {
  const upload = uploadOf(state, exchange);
  const wanted = [...exchange.body.toString().matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part]) => ({
    number: Number(/<PartNumber>(\d+)</.exec(part!)?.[1]),
    etag: fromXml(/<ETag>(.*?)</.exec(part!)?.[1] ?? ''),
  }));
  const parts = wanted.map(({ number, etag }, index) => {
    const part = upload.parts.get(number);
    if (!part || part.etag !== etag) throw new S3Error(400, 'InvalidPart');
    if (index > 0 && number <= wanted[index - 1]!.number) throw new S3Error(400, 'InvalidPartOrder');
    if (index < wanted.length - 1 && part.size < MIN_PART_BYTES) throw new S3Error(400, 'EntityTooSmall');
    return part;
  });
  if (parts.length === 0) throw new S3Error(400, 'MalformedXML');
  const file = join(state.folder, randomUUID());
  for (const part of parts)
    await pipeline(createReadStream(part.file), createWriteStream(file, { flags: 'a' }));
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const etag = `"${createHash('md5')
    .update(parts.map((part) => part.etag).join())
    .digest('hex')}-${parts.length}"`;
  state.objects.set(upload.key, { file, size, etag, modifiedAt: new Date() });
  await dropUpload(state, exchange, upload);
  sendXml(
    exchange.response,
    `<CompleteMultipartUploadResult><ETag>${toXml(etag)}</ETag></CompleteMultipartUploadResult>`,
  );
}

async function abortUpload(state: State, exchange: Exchange): Promise<void> {
  await dropUpload(state, exchange, uploadOf(state, exchange));
  send(exchange.response, 204, '');
}

function listUploads(state: State, { response }: Exchange): void {
  const uploads = [...state.uploads].map(
    ([id, { key, initiated }]) =>
      `<Upload><Key>${toXml(key)}</Key><UploadId>${id}</UploadId><Initiated>${initiated.toISOString()}</Initiated></Upload>`,
  );
  sendXml(
    response,
    `<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${uploads.join('')}</ListMultipartUploadsResult>`,
  );
}

function listObjects(state: State, { response, url }: Exchange): void {
  const prefix = url.searchParams.get('prefix') ?? '';
  const after = url.searchParams.get('continuation-token') ?? '';
  const keys = [...state.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  const page = keys.slice(0, state.options.pageSize ?? 1000);
  const contents = page.map((key) => {
    const { size, modifiedAt } = state.objects.get(key)!;
    return `<Contents><Key>${toXml(key)}</Key><LastModified>${modifiedAt.toISOString()}</LastModified><Size>${size}</Size></Contents>`;
  });
  const more = page.length < keys.length;
  const next = more ? `<NextContinuationToken>${toXml(page.at(-1)!)}</NextContinuationToken>` : '';
  sendXml(
    response,
    `<ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`,
  );
}

async function deleteObjects(state: State, { request, response, body }: Exchange): Promise<void> {
  const md5 = request.headers['content-md5'];
  const crc = request.headers['x-amz-checksum-crc32'];
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  const right = md5
    ? md5 === createHash('md5').update(body).digest('base64')
    : crc === sum.toString('base64');
  if (!right) throw new S3Error(400, md5 || crc ? 'BadDigest' : 'InvalidRequest');
  const keys = [...body.toString().matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => fromXml(key!));
  if (keys.length === 0 || keys.length > 1000) throw new S3Error(400, 'MalformedXML');
  for (const key of keys) {
    const object = state.objects.get(key);
    state.objects.delete(key);
    if (object) await rm(object.file, { force: true });
  }
  sendXml(response, '<DeleteResult></DeleteResult>');
}

function uploadOf(state: State, { url, key }: Exchange): Upload {
  const upload = state.uploads.get(url.searchParams.get('uploadId') ?? '');
  if (!upload || upload.key !== key) throw new S3Error(404, 'NoSuchUpload');
  return upload;
}

async function dropUpload(state: State, { url }: Exchange, upload: Upload): Promise<void> {
  state.uploads.delete(url.searchParams.get('uploadId')!);
  for (const part of upload.parts.values()) await rm(part.file, { force: true });
}

async function storeBody(state: State, body: Buffer): Promise<StoredFile> {
  const file = join(state.folder, randomUUID());
  await writeFile(file, body);
  return {
    file,
    size: body.length,
    etag: `"${createHash('md5').update(body).digest('hex')}"`,
    modifiedAt: new Date(),
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY_BYTES) throw new S3Error(400, 'EntityTooLarge');
    parts.push(part);
  }
  return Buffer.concat(parts, size);
}

function sendXml(response: ServerResponse, xml: string): void {
  send(response, 200, `<?xml version="1.0" encoding="UTF-8"?>${xml}`);
}

function send(response: ServerResponse, status: number, body: string): void {
  if (body) response.setHeader('Content-Type', 'application/xml');
  response.writeHead(status).end(body);
}

function toXml(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

function fromXml(text: string): string {
  return text
    .replace(/&quot;|&#34;|&#x22;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}
