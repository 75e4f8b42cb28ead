import { createHash, createPrivateKey, createSign, randomBytes, randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Documents } from '@grunnmur/exchange';
import {
  createFixture,
  createOrganisation,
  createTestSystem,
  type Fixture,
  FYLKE,
  KOMMUNE,
  LEVERANDOR,
  newKeys,
  PUBLIC_URL,
  type TestSystem,
} from '@grunnmur/exchange/testing';
import { createSelfSigned, encryptCms, type SelfSigned } from '@grunnmur/kernel/crypto';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { createApp } from '@grunnmur/kernel/http';
import { createWorker } from '@grunnmur/kernel/jobs';
import { createDiskStore, memoryKeyRing, type ObjectStore } from '@grunnmur/kernel/storage';
import { afterTestFile, testFolder } from '@grunnmur/kernel/testing';
import { deleteKorrelasjonJob, dokumentRetentionSchedule, removeDokumenterJob } from '../jobs/removal.ts';
import type { DokumentlagerFaceDeps } from '../routes/face-deps.ts';
import { registerDokumentlager } from '../routes/register-dokumentlager.ts';
import { createDocuments } from '../service/create-documents.ts';
import { createDokumentlager, type Dokumentlager } from '../service/create-dokumentlager.ts';
import {
  DEFAULT_DOKUMENTLAGER_LIMITS,
  type DokumentlagerDeps,
  type DokumentlagerLimits,
} from '../service/deps.ts';

/** Synthetic persons (month + 80). */
export const FNR = '01819010001';
export const OTHER_FNR = '01819010192';

/** A system that can log in, with one bare konto. */
export interface Caller extends TestSystem {
  readonly orgnr: string;
  readonly kontoId: string;
  readonly clientId: string;
  /** What it signs its token requests with. */
  readonly keys: SelfSigned;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every route are looked at
  readonly json: any;
}

export interface Harness {
  readonly fixture: Fixture;
  readonly url: string;
  readonly storage: ObjectStore;
  /** Folder of the stored objects. */
  readonly objects: string;
  readonly dokumentlager: Dokumentlager;
  readonly payloads: Documents;
  readonly platform: SelfSigned;
  /** Uploader, receiver, and one that has nothing to do with them; each of an organisation of its own. */
  readonly a: Caller;
  readonly b: Caller;
  readonly c: Caller;
  headers(caller: Caller): Promise<Record<string, string>>;
  call(caller: Caller, method: string, path: string, init?: RequestInit): Promise<Answer>;
  /** Uploads `bytes` for `a`; `metadata` is merged into a good one. */
  upload(bytes: Uint8Array, metadata?: Record<string, unknown>, options?: UploadOptions): Promise<Answer>;
  download(caller: Caller, id: string, headers?: Record<string, string>): Promise<Answer>;
  /** Runs every job that is due, and what follows. */
  work(): Promise<void>;
  retention(): Promise<void>;
  /** Files in the store, finished or not. */
  files(): Promise<number>;
  rows(): Promise<number>;
  pass(ms: number): void;
}

interface UploadOptions {
  readonly caller?: Caller;
  readonly kryptert?: string;
  readonly path?: string;
  readonly form?: FormData;
}

/** Dokumentlager over real HTTP, with the real accounts, the real access room and its tokens, and real storage. */
export async function startDokumentlager(
  options: { limits?: Partial<DokumentlagerLimits>; persons?: DokumentlagerFaceDeps['persons'] } = {},
): Promise<Harness> {
  const fixture = await createFixture();
  const folder = await testFolder();
  const root = join(folder, 'objects');
  const storage = createDiskStore({ root, keyRing: memoryKeyRing() });
  const platform = await newKeys();
  const deps: DokumentlagerDeps = {
    storage,
    kontoer: fixture.kontoer,
    decryptionKeys: [platform],
    limits: { ...DEFAULT_DOKUMENTLAGER_LIMITS, ...options.limits },
    fnrFault: (value) =>
      /^\d{11}$/.test(value) && mod11(value, FNR_WEIGHTS) ? undefined : 'er ikke et gyldig fødselsnummer',
    isValidOrgnr: (value) => /^\d{9}$/.test(value) && mod11(value, [[3, 2, 7, 6, 5, 4, 3, 2, 1]]),
  };
  const dokumentlager = createDokumentlager(deps);
  const now = () => fixture.clock.now;
  const baseCtx = (): Ctx => fixture.test.ctx({ tenant: null, actor: { kind: 'anonymous', id: '' }, now });
  const app = await createApp({ log: fixture.log, version: 'test', publicUrl: PUBLIC_URL });
  await fixture.accessRoom.room.routes!(app);
  await registerDokumentlager(app, {
    dokumentlager,
    access: fixture.access,
    baseCtx,
    limits: deps.limits,
    platformCertificatePem: platform.certificatePem,
    publicUrl: PUBLIC_URL,
    ...(options.persons ? { persons: options.persons } : {}),
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const worker = createWorker({
    db: fixture.test.db,
    log: fixture.log,
    definitions: [removeDokumenterJob(deps), deleteKorrelasjonJob()],
    now,
    listen: false,
    random: () => 0.5,
  });
  afterTestFile(async () => {
    await worker.stop();
    await app.close();
  });
  const callers: Caller[] = [];
  for (const orgnr of [KOMMUNE, LEVERANDOR, FYLKE]) callers.push(await createCaller(fixture, orgnr));
  const [a, b, c] = callers as [Caller, Caller, Caller];
  const headers = tokenHeaders(fixture, url);

  const call = async (
    caller: Caller,
    method: string,
    path: string,
    init: RequestInit = {},
  ): Promise<Answer> =>
    answer(
      await fetch(`${url}${path}`, {
        method,
        ...init,
        headers: { ...(await headers(caller)), ...(init.headers as Record<string, string>) },
      }),
    );
  const work = async () => void (await worker.drain());
  return {
    fixture,
    url,
    storage,
    objects: root,
    dokumentlager,
    payloads: createDocuments(deps, dokumentlager),
    platform,
    a,
    b,
    c,
    headers,
    call,
    upload: (bytes, metadata = {}, { caller = a, kryptert, path, form } = {}) => {
      const query = kryptert === undefined ? '' : `?kryptert=${kryptert}`;
      const body = form ?? uploadForm(bytes, metadata);
      return call(caller, 'POST', `${path ?? dokumenter(caller)}/${query}`, { body });
    },
    download: (caller, id, extra = {}) =>
      call(caller, 'GET', `/dokumentlager/nedlasting/${id}`, { headers: extra }),
    work,
    retention: async () => {
      await dokumentRetentionSchedule().run(fixture.operator());
      await work();
    },
    files: async () => {
      const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
      return entries.filter((entry) => entry.isFile()).length;
    },
    rows: async () => {
      const { rows } = await fixture.test.owner.query('select count(*) as n from documents.dokument');
      return rows[0].n;
    },
    pass: (ms) => {
      fixture.clock.now = new Date(fixture.clock.now.getTime() + ms);
    },
  };
}

/** Where a caller uploads and manages its documents. */
export function dokumenter(caller: Caller): string {
  return `/dokumentlager/api/v1/${caller.tenant}/kontoer/${caller.kontoId}/dokumenter`;
}

export function metadata(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    dokumentnavn: 'søknad.pdf',
    mimetype: 'application/pdf',
    ttl: 3600,
    sikkerhetsniva: 3,
    eksponertFor: [],
    ...change,
  };
}

/** As Jetty's client sends it: a field without file name, then a file. */
export function uploadForm(bytes: Uint8Array, change: Record<string, unknown> = {}): FormData {
  const form = new FormData();
  form.append('metadata', JSON.stringify(metadata(change)));
  form.append('dokument', new Blob([Buffer.from(bytes)]), 'søknad.pdf');
  return form;
}

export async function encrypted(
  bytes: Uint8Array,
  certificatePem: string,
  transport: 'oaep' | 'pkcs1' = 'oaep',
): Promise<Buffer> {
  const source = (async function* () {
    yield bytes;
  })();
  return Buffer.concat(await encryptCms(source, [certificatePem], { transport }).toArray());
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function someBytes(length: number): Buffer {
  return randomBytes(length);
}

async function answer(response: Response): Promise<Answer> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    json: isJson && bytes.length > 0 ? JSON.parse(bytes.toString()) : undefined,
  };
}

async function createCaller(fixture: Fixture, orgnr: string): Promise<Caller> {
  const ctx = await createOrganisation(fixture, orgnr);
  const system = await createTestSystem(fixture, ctx);
  const kontoId = await fixture.admin.createKonto(ctx, { systemId: system.systemId, navn: 'Konto' });
  const clientId = randomUUID();
  const keys = await createSelfSigned({
    commonName: 'Fagsystem',
    organisationNumber: orgnr,
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(Date.now() + 3650 * 86_400_000),
  });
  await fixture.access.admin.createOauthClient(ctx, {
    clientId,
    scopes: ['ks:fiks'],
    certificateFingerprints: [createHash('sha256').update(der(keys.certificatePem)).digest('hex')],
  });
  return { ...system, orgnr, kontoId, clientId, keys };
}

/** Tokens from the platform's own issuer; a new one for each moment of the test's clock. */
function tokenHeaders(fixture: Fixture, url: string): Harness['headers'] {
  const known = new Map<string, string>();
  return async (caller) => {
    const at = `${caller.clientId}/${fixture.clock.now.getTime()}`;
    const token = known.get(at) ?? (await requestToken(fixture, url, caller));
    known.set(at, token);
    return {
      authorization: `Bearer ${token}`,
      IntegrasjonId: caller.integrasjonId,
      IntegrasjonPassord: caller.integrasjonPassord,
    };
  };
}

async function requestToken(fixture: Fixture, url: string, { clientId, keys }: Caller): Promise<string> {
  const iat = Math.floor(fixture.clock.now.getTime() / 1000);
  const claims = {
    iss: clientId,
    aud: `${PUBLIC_URL}/maskinporten/`,
    scope: 'ks:fiks',
    iat,
    exp: iat + 120,
    jti: randomUUID(),
  };
  const header = { alg: 'RS256', x5c: [der(keys.certificatePem).toString('base64')] };
  const signed = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = createSign('RSA-SHA256').update(signed).sign(createPrivateKey(keys.privateKeyPem));
  const response = await fetch(`${url}/maskinporten/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: `${signed}.${signature.toString('base64url')}`,
    }),
  });
  if (response.status !== 200) throw new Error(`no token: ${await response.text()}`);
  return ((await response.json()) as { access_token: string }).access_token;
}

function der(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
}

const FNR_WEIGHTS = [
  [3, 7, 6, 1, 8, 9, 4, 5, 2, 1],
  [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1],
];

/** The registers room brings the whole rules; the control digits are what Dokumentlager's own tests turn on. */
function mod11(digits: string, weights: readonly (readonly number[])[]): boolean {
  return weights.every(
    (row) => row.reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0) % 11 === 0,
  );
}
