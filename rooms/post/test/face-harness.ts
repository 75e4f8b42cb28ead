import type { AddressInfo } from 'node:net';
import type { Access } from '@grunnmur/access';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { KernelError } from '@grunnmur/kernel/errors';
import { createApp } from '@grunnmur/kernel/http';
import { newId } from '@grunnmur/kernel/ids';
import { createLogger } from '@grunnmur/kernel/log';
import { PostError } from '../errors.ts';
import { DEFAULT_FACE_LIMITS, type FaceDeps, type FaceLimits } from '../routes/shared/deps.ts';
import { registerPublicKey } from '../routes/shared/register-public-key.ts';
import { registerV1 } from '../routes/v1/register-v1.ts';
import { registerV2 } from '../routes/v2/register-v2.ts';
import type { AcceptInput, PostService } from '../service/post-service.ts';
import { assertForsendelse } from '../service/validate-forsendelse.ts';
import type {
  DokumentMetadata,
  ForsendelseStatus,
  Hendelse,
  KontoRef,
  Mottakersystem,
  SigneringHendelse,
} from '../types.ts';

/** Synthetic (month + 80) and organisation numbers of the test series. */
export const FNR = '01819010001';
export const OTHER_FNR = '01819010192';
export const ORGNR = '310000108';
export const NOW = new Date('2026-03-02T09:30:00.000Z');

export const TENANT_A = '0190c0de-0000-7000-8000-00000000000a';
export const TENANT_B = '0190c0de-0000-7000-8000-00000000000b';
/** Two accounts of organisation A, one of B that is not granted to anybody here, one of B that is. */
export const KONTO_A1 = '0190c0de-0000-7000-8000-0000000000a1';
export const KONTO_A2 = '0190c0de-0000-7000-8000-0000000000a2';
export const KONTO_B1 = '0190c0de-0000-7000-8000-0000000000b1';
export const KONTO_B2 = '0190c0de-0000-7000-8000-0000000000b2';

export const V1_PREFIX = '/tjenester/api/forsendelse/v1';
export const V1_AUTH = `Basic ${Buffer.from('konto-a:hemmelig').toString('base64')}`;
/** Granted KONTO_A1, KONTO_A2 and KONTO_B2. */
export const V2_AUTH = {
  authorization: 'Bearer gyldig',
  IntegrasjonId: 'stor',
  IntegrasjonPassord: 'hemmelig',
};
/** Granted KONTO_A1 only. */
export const V2_SMALL_AUTH = { ...V2_AUTH, IntegrasjonId: 'liten' };

const GRANTS: Readonly<Record<string, readonly KontoRef[]>> = {
  stor: [
    { id: KONTO_A1, tenant: TENANT_A },
    { id: KONTO_A2, tenant: TENANT_A },
    { id: KONTO_B2, tenant: TENANT_B },
  ],
  liten: [{ id: KONTO_A1, tenant: TENANT_A }],
  ingen: [],
};

/** One call that reached the service, for tests of what the face made of a request. */
interface Call {
  readonly name: keyof PostService;
  readonly ctx: Ctx;
  readonly args: readonly unknown[];
}

interface Received extends AcceptInput {
  readonly ctx: Ctx;
  readonly contents: readonly { filename: string | undefined; text: string }[];
}

/** What the double knows about one forsendelse; tests set what they need. */
export interface Known {
  readonly konto: KontoRef;
  status: ForsendelseStatus;
  history: Hendelse[];
  signing: SigneringHendelse[];
  metadata: DokumentMetadata[];
  eksternReferanse?: string;
}

export interface Harness {
  readonly url: string;
  readonly port: number;
  readonly calls: Call[];
  readonly received: Received[];
  readonly letters: Map<string, Known>;
  readonly mottakersystemer: Mottakersystem[];
  close(): Promise<void>;
}

/**
 * The faces over real HTTP on the kernel's server, with a service double that keeps letters in memory: these tests
 * are about translation. Rules of metadata are the real ones.
 */
export async function startFaces(options: { limits?: Partial<FaceLimits> } = {}): Promise<Harness> {
  const log = createLogger({ level: 'silent' });
  const app = await createApp({ log, version: 'test', publicUrl: 'http://127.0.0.1' });
  const state = {
    calls: [] as Call[],
    received: [] as Received[],
    letters: new Map<string, Known>(),
    mottakersystemer: [] as Mottakersystem[],
  };
  const deps: FaceDeps = {
    service: serviceDouble(state),
    access: accessDouble(),
    baseCtx: (request) => ({
      tenant: null,
      actor: { kind: 'anonymous', id: '' },
      requestId: request.id,
      db: undefined as never,
      log,
      now: () => NOW,
    }),
    limits: { ...DEFAULT_FACE_LIMITS, ...options.limits },
  };
  await registerV1(app, deps);
  await registerV2(app, deps);
  registerPublicKey(app, {
    certificatePem: () => '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n',
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  return { ...state, port, url: `http://127.0.0.1:${port}`, close: () => app.close() };
}

type State = Pick<Harness, 'calls' | 'received' | 'letters' | 'mottakersystemer'>;

function serviceDouble(state: State): PostService {
  const called = (name: keyof PostService, ctx: Ctx, ...args: unknown[]) =>
    state.calls.push({ name, ctx, args });
  const own = (ctx: Ctx, konto: KontoRef, id: string): Known => {
    const letter = state.letters.get(id);
    if (!letter || letter.konto.id !== konto.id || ctx.tenant !== konto.tenant) throw PostError.notFound();
    return letter;
  };
  return {
    async accept(ctx, input) {
      called('accept', ctx, input);
      assertForsendelse(input.forsendelse, ctx.now(), {}, input.faults);
      const contents = [];
      for await (const file of input.files) {
        const chunks: Uint8Array[] = [];
        for await (const chunk of file.body) chunks.push(chunk);
        contents.push({ filename: file.filename, text: Buffer.concat(chunks).toString('utf8') });
      }
      const id = input.reservedId ?? newId();
      state.received.push({ ...input, ctx, contents });
      state.letters.set(id, letterOf(id, input, contents));
      return { id, advarsler: input.advarsler ?? [] };
    },
    async reserveId(ctx, konto) {
      called('reserveId', ctx, konto);
      return { id: newId() };
    },
    async locate(ctx, kontoer, id, wanted) {
      called('locate', ctx, kontoer, id, wanted);
      const owner = kontoer.find((konto) => state.letters.get(id)?.konto.id === konto.id);
      if (!owner) throw PostError.notFound();
      return owner;
    },
    async statuses(ctx, konto, ids) {
      called('statuses', ctx, konto, ids);
      return ids.flatMap((id) =>
        state.letters.get(id)?.konto.id === konto.id ? [state.letters.get(id)!.status] : [],
      );
    },
    async history(ctx, konto, id) {
      called('history', ctx, konto, id);
      return own(ctx, konto, id).history;
    },
    async signingHistory(ctx, konto, id) {
      called('signingHistory', ctx, konto, id);
      return own(ctx, konto, id).signing;
    },
    async metadata(ctx, konto, id) {
      called('metadata', ctx, konto, id);
      return own(ctx, konto, id).metadata;
    },
    async markRead(ctx, konto, id, read) {
      called('markRead', ctx, konto, id, read);
      own(ctx, konto, id).status = { id, status: 'LEST', sisteStatusEndring: read.tidspunkt };
    },
    async deleteDocuments(ctx, konto, ids, kind) {
      called('deleteDocuments', ctx, konto, ids, kind);
      for (const id of ids) own(ctx, konto, id).metadata = [];
    },
    async forsendelsestyper(ctx) {
      called('forsendelsestyper', ctx);
      return ['Byggesøknad', 'nav.digisos', 'Byggesøknad'];
    },
    async mottakersystemer(ctx, filter) {
      called('mottakersystemer', ctx, filter);
      return state.mottakersystemer;
    },
    async findByEksternReferanse(ctx, konto, reference) {
      called('findByEksternReferanse', ctx, konto, reference);
      return [...state.letters].flatMap(([id, letter]) =>
        letter.konto.id === konto.id && letter.eksternReferanse === reference
          ? [{ id, dato: NOW, avgivendeSystem: 'test' }]
          : [],
      );
    },
  };
}

function letterOf(id: string, input: AcceptInput, contents: readonly { text: string }[]): Known {
  const { forsendelse, konto } = input;
  return {
    konto,
    status: { id, status: 'AKSEPTERT', sisteStatusEndring: NOW },
    history: [{ tidspunkt: NOW, kode: 'akseptert', params: {}, tekst: 'Akseptert for ekspedering' }],
    signing: [],
    metadata: forsendelse.dokumenter.map((dokument, nr) => ({
      filnavn: dokument.filnavn,
      mimeType: dokument.mimeType,
      ...(dokument.dokumentType === undefined ? {} : { dokumentType: dokument.dokumentType }),
      storrelse: Buffer.byteLength(contents[nr]?.text ?? ''),
      sha256: 'a'.repeat(64),
      kanSigneres: dokument.skalSigneres,
      nedlastingUrl: `http://127.0.0.1/forsendelse/${id}/${nr}`,
      ekstraMetadata: dokument.ekstraMetadata,
      inneholderPersonsensitivInformasjon: dokument.inneholderPersonsensitivInformasjon,
    })),
    ...(forsendelse.eksternReferanse === undefined ? {} : { eksternReferanse: forsendelse.eksternReferanse }),
  };
}

function accessDouble(): Pick<Access, 'authenticateIntegration' | 'authenticateAccount'> {
  return {
    async authenticateAccount(authorization) {
      if (authorization !== V1_AUTH) throw KernelError.unauthenticated();
      const actor = { kind: 'integration', id: 'konto-a', name: 'Konto A' } as const;
      return {
        kind: 'integration',
        username: 'konto-a',
        tenant: TENANT_A,
        kontoId: KONTO_A1,
        orgnr: ORGNR,
        actor,
      };
    },
    async authenticateIntegration({ authorization, integrasjonId, integrasjonPassord }) {
      const kontoer = GRANTS[integrasjonId ?? ''];
      if (authorization !== 'Bearer gyldig' || integrasjonPassord !== 'hemmelig' || !kontoer) {
        throw KernelError.unauthenticated();
      }
      return {
        kind: 'integration',
        integrationId: integrasjonId!,
        name: 'Fagsystem',
        orgnr: ORGNR,
        tenant: TENANT_A,
        actor: { kind: 'integration', id: integrasjonId!, name: 'Fagsystem' },
        grants: [
          ...kontoer.map((konto) => ({
            resourceKind: 'svarut.konto',
            resourceId: konto.id,
            tenant: konto.tenant,
          })),
          { resourceKind: 'fiksio.konto', resourceId: KONTO_B1, tenant: TENANT_B },
        ],
      };
    },
  };
}

/** Stores a letter of an account in the double. */
export function addLetter(harness: Harness, konto: KontoRef, change: Partial<Known> = {}): string {
  const id = newId();
  harness.letters.set(id, {
    konto,
    status: { id, status: 'AKSEPTERT', sisteStatusEndring: NOW },
    history: [],
    signing: [],
    metadata: [],
    ...change,
  });
  return id;
}

export interface FilePartInit {
  readonly name?: string;
  readonly filename?: string;
  readonly content?: string;
}

/** A send call's form: the JSON as a field without file name and type, then the files. */
export function sendForm(forsendelse: unknown, files: readonly FilePartInit[] = []): FormData {
  const form = new FormData();
  form.append('forsendelse', typeof forsendelse === 'string' ? forsendelse : JSON.stringify(forsendelse));
  for (const { name = 'filer', filename = 'brev.pdf', content = '%PDF' } of files) {
    form.append(name, new Blob([content]), filename);
  }
  return form;
}

/** Exactly the properties named: every required one, and no other than the optional ones. */
export function hasExactly(
  value: unknown,
  required: readonly string[],
  optional: readonly string[] = [],
): boolean {
  const keys = Object.keys(value as object);
  return (
    required.every((key) => keys.includes(key)) &&
    keys.every((key) => [...required, ...optional].includes(key))
  );
}
