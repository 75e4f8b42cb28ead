import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Access } from '@grunnmur/access';
import { createSelfSigned, type SelfSigned } from '@grunnmur/kernel/crypto';
import type { Ctx } from '@grunnmur/kernel/ctx';
import { newId } from '@grunnmur/kernel/ids';
import { createWorker, type Worker } from '@grunnmur/kernel/jobs';
import { createDiskStore, memoryKeyRing, type ObjectStore } from '@grunnmur/kernel/storage';
import { afterTestFile, type TestDatabase, testDatabase, testFolder } from '@grunnmur/kernel/testing';
import { createRegistersRoom } from '@grunnmur/registers/create';
import {
  createPopulation,
  FOLKEREGISTER_PATH,
  FOLKEREGISTER_SCOPE,
  folkeregisterSimulator,
  KRR_SCOPES,
  type KrrSimulator,
  krrSimulator,
  MAILBOX_SUPPLIERS,
  type Population,
  type Situation,
} from '@grunnmur/registers/simulators';
import { fastify } from 'fastify';
import type { Post } from '../contract.ts';
import { createPostRoom } from '../create-room.ts';
import { createAltinnClient, createDpiClient, createPrintClient } from '../external/index.ts';
import {
  type AltinnOutcome,
  type AltinnSimulator,
  altinnSimulator,
  type DpiOutcome,
  type DpiSimulator,
  dpiSimulator,
  type PrintOutcome,
  type PrintSimulator,
  printSimulator,
} from '../external/simulators.ts';
import { createPdfPool } from '../pdf/index.ts';
import { samplePdf } from '../pdf/sample-pdf.ts';
import { DEFAULT_LIMITS } from '../service/deps.ts';
import type { AcceptInput, PostService } from '../service/post-service.ts';
import { type PostDemo, seedPostDemo } from '../service/seed-demo.ts';
import type { FilePart, KontoRef, NyForsendelse, NyttDokument, Status } from '../types.ts';

const TOKEN = 'good-token';
export const SENDER_ORGNR = '910568183';

interface Clock {
  now(): Date;
  set(at: string | Date): void;
  /** Moves the clock on, ms. */
  pass(ms: number): void;
}

/** What the simulators answer for one recipient or letter; unset means success. */
interface Outcomes {
  readonly altinn: Map<string, AltinnOutcome>;
  readonly dpi: { value: DpiOutcome | undefined };
  readonly print: Map<string, PrintOutcome>;
}

export interface PostHarness {
  readonly database: TestDatabase;
  readonly service: PostService;
  readonly post: Post;
  readonly storage: ObjectStore;
  /** Folder of the stored objects. */
  readonly objects: string;
  readonly clock: Clock;
  readonly tenant: string;
  readonly konto: KontoRef;
  readonly altinn: AltinnSimulator;
  readonly dpi: DpiSimulator;
  readonly print: PrintSimulator;
  readonly krr: KrrSimulator;
  readonly folkeregisteret: ReturnType<typeof folkeregisterSimulator>;
  readonly outcomes: Outcomes;
  ctx(change?: Partial<Ctx>): Ctx;
  /** The acting person, for no organisation, as the portal asks. */
  reader(fnr: string): Ctx;
  person(situation: Situation, index?: number): string;
  send(letter?: LetterWish): Promise<string>;
  /** Runs every job that is due now, and what follows from it. */
  work(): Promise<void>;
  /** Runs one schedule of the room, then the jobs it made. */
  runSchedule(name: string): Promise<void>;
  status(id: string): Promise<Status>;
  codes(id: string): Promise<string[]>;
  seed(tenant: string, demo: PostDemo): Promise<void>;
}

export interface LetterWish {
  readonly to?: string;
  readonly konto?: KontoRef;
  readonly files?: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly change?: Partial<NyForsendelse>;
  readonly input?: Partial<AcceptInput>;
}

export const PDF = samplePdf({ pages: 1, text: 'Vedtak' });

const population: Population = createPopulation();

/** The post room on a database of its own, with real clients, simulators over HTTP, storage, PDF workers and jobs. */
export async function startPost(options: { now?: string; printDelayMs?: number } = {}): Promise<PostHarness> {
  const database = await testDatabase();
  const folder = await testFolder();
  const clock = testClock(options.now ?? '2026-03-02T09:00:00Z');
  const outcomes: Outcomes = { altinn: new Map(), dpi: { value: undefined }, print: new Map() };
  const simulators = await startSimulators(clock, outcomes, options.printDelayMs ?? 0);
  const registers = createRegistersRoom({
    krr: { baseUrl: `${simulators.url}/krr`, token: async () => TOKEN },
    enhetsregisteret: { baseUrl: `${simulators.url}/enhetsregisteret` },
    folkeregister: {
      baseUrl: `${simulators.url}/folkeregisteret${FOLKEREGISTER_PATH}`,
      token: async () => TOKEN,
    },
    synthetic: true,
    now: clock.now,
  });
  const spoolDirectory = join(folder, 'spool');
  await mkdir(spoolDirectory);
  const storage = createDiskStore({ root: join(folder, 'objects'), keyRing: memoryKeyRing() });
  const { room, service, post } = createPostRoom({
    storage,
    pdf: createPdfPool({ workers: 1, timeoutMs: 20_000, maxPages: 1000 }),
    contacts: registers.contacts,
    organisations: registers.organisations,
    population: registers.population,
    channels: {
      altinn: createAltinnClient({ baseUrl: `${simulators.url}/altinn`, token: () => TOKEN }),
      sdp: createDpiClient({
        baseUrl: `${simulators.url}/dpi`,
        token: () => TOKEN,
        credentials: {
          privateKeyPem: simulators.sender.privateKeyPem,
          certificateChainPem: [simulators.sender.certificatePem],
        },
        signerOrgnr: SENDER_ORGNR,
        trustedCertificatesPem: simulators.suppliers.map((supplier) => supplier.certificatePem),
        spoolDirectory,
        now: clock.now,
      }),
      print: createPrintClient({ baseUrl: `${simulators.url}/print`, token: () => TOKEN }),
    },
    decryptionKeys: [simulators.sender],
    platformCertificatePem: simulators.sender.certificatePem,
    limits: DEFAULT_LIMITS,
    tenant: async () => ({ orgnr: SENDER_ORGNR, name: 'Eksempel kommune', language: 'nb' }),
    altinnResources: { ordinary: 'brev', confidential: 'taushetsbelagt-brev' },
    synthetic: true,
    publicUrl: 'https://brev.example.no',
    paperUrl: (id) => `https://brev.example.no/papir/${id}`,
    receiptIntervalMs: 1000,
    // No face is mounted here.
    access: {} as Access,
    baseCtx: () => database.ctx(),
  });
  const tenant = newId();
  const konto = { id: newId(), tenant };
  const ctx = (change: Partial<Ctx> = {}) => database.ctx({ tenant, now: clock.now, ...change });
  const seed = (owner: string, demo: PostDemo) => seedPostDemo(ctx({ tenant: owner }), demo);
  await seed(tenant, { kontoer: [{ id: konto.id, navn: 'Sak' }], mottakersystemer: [] });
  const worker: Worker = createWorker({
    db: database.db,
    log: ctx().log,
    definitions: room.jobs ?? [],
    now: clock.now,
    listen: false,
    random: () => 0.5,
  });
  const work = async () => void (await worker.drain());
  afterTestFile(async () => {
    await worker.stop();
    await room.stop?.();
    await registers.room.stop?.();
    await simulators.close();
  });
  return {
    database,
    service,
    post,
    storage,
    objects: join(folder, 'objects'),
    clock,
    tenant,
    konto,
    ...simulators,
    outcomes,
    ctx,
    reader: (fnr) => ctx({ tenant: null, actor: { kind: 'person', id: fnr } }),
    person: (situation, index = 0) => personIn(situation, index),
    send: async (letter = {}) => {
      const input = acceptInput(letter.konto ?? konto, letter);
      return (await service.accept(ctx({ tenant: input.konto.tenant }), input)).id;
    },
    work,
    runSchedule: async (name) => {
      const schedule = room.schedules!.find((candidate) => candidate.name === name);
      if (!schedule) throw new Error(`no schedule ${name}`);
      await schedule.run(ctx({ tenant: null }));
      await work();
    },
    status: async (id) => {
      const { rows } = await database.owner.query('select status from post.forsendelse where id = $1', [id]);
      return rows[0].status;
    },
    codes: async (id) => {
      const { rows } = await database.owner.query(
        'select kode from post.hendelse where forsendelse_id = $1 order by id',
        [id],
      );
      return rows.map((row) => row.kode);
    },
    seed,
  };
}

function testClock(start: string): Clock {
  let ms = Date.parse(start);
  return {
    now: () => new Date(ms),
    set: (at) => {
      ms = new Date(at).getTime();
    },
    pass: (more) => {
      ms += more;
    },
  };
}

async function startSimulators(clock: Clock, outcomes: Outcomes, printDelayMs: number) {
  const orgnrs = Object.values(MAILBOX_SUPPLIERS);
  const [sender, ...pairs] = await Promise.all([SENDER_ORGNR, ...orgnrs].map(keyPair));
  const suppliers = orgnrs.map((orgnr, index) => ({ orgnr, ...pairs[index]! }));
  const authorise = (token: string) => token === TOKEN;
  const now = clock.now;
  const altinn = altinnSimulator({
    authorise,
    now,
    outcomeFor: (recipient) => outcomes.altinn.get(recipient),
  });
  const dpi = dpiSimulator({
    authorise,
    now,
    suppliers,
    trustedSendersPem: [sender!.certificatePem],
    outcomeFor: () => outcomes.dpi.value,
  });
  const print = printSimulator({
    authorise,
    now,
    printDelayMs,
    outcomeFor: (ticket) => outcomes.print.get(ticket.jobId),
  });
  const krr = krrSimulator({
    population,
    certificates: Object.fromEntries(suppliers.map((supplier) => [supplier.orgnr, supplier.certificatePem])),
    verify: async (token) => (token === TOKEN ? Object.values(KRR_SCOPES) : null),
    now,
  });
  const folkeregisteret = folkeregisterSimulator({
    population,
    verify: async (token) => (token === TOKEN ? [FOLKEREGISTER_SCOPE] : null),
  });
  const app = fastify({ forceCloseConnections: true });
  for (const [name, { plugin }] of Object.entries({ altinn, dpi, print, krr, folkeregisteret }))
    await app.register(plugin, { prefix: `/${name}` });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return {
    altinn,
    dpi,
    print,
    krr,
    folkeregisteret,
    url,
    sender: sender!,
    suppliers,
    close: () => app.close(),
  };
}

/** Valid whatever the test's clock says. */
function keyPair(orgnr: string): Promise<SelfSigned> {
  return createSelfSigned({
    commonName: `Test ${orgnr}`,
    organisationNumber: orgnr,
    notBefore: new Date('2020-01-01'),
    notAfter: new Date('2040-01-01'),
  });
}

function personIn(situation: Situation, index: number): string {
  return population.persons.filter((person) => person.situation === situation)[index]!.fnr;
}

export function dokument(change: Partial<NyttDokument> = {}): NyttDokument {
  return {
    filnavn: 'vedtak.pdf',
    mimeType: 'application/pdf',
    skalSigneres: false,
    giroarkSider: [],
    ekskluderesFraUtskrift: false,
    ekstraMetadata: [],
    inneholderPersonsensitivInformasjon: false,
    ...change,
  };
}

/** A good letter of one page to `to`; a title of its own unless it is given one. */
export function acceptInput(konto: KontoRef, letter: LetterWish = {}): AcceptInput {
  const files = letter.files ?? [{ name: 'vedtak.pdf', bytes: PDF }];
  const forsendelse: NyForsendelse = {
    tittel: `Vedtak ${newId()}`,
    mottaker: {
      navn: 'Ola Nordmann',
      ...(letter.to ? { digitalId: letter.to } : {}),
      adresse: { adresselinje1: 'Gata 1', postnummer: '0001', poststed: 'OSLO' },
    },
    eksponertFor: [],
    kunDigitalLevering: false,
    kryptert: false,
    krevNiva4Innlogging: false,
    utskrift: { farger: false, tosidig: false },
    dokumenter: files.map(({ name }) => dokument({ filnavn: name })),
    lenker: [],
    svarPaForsendelseLink: false,
    taushetsbelagtPost: false,
    ...letter.change,
  };
  return { konto, forsendelse, files: parts(files), face: 'v2', ...letter.input };
}

async function* parts(files: readonly { name: string; bytes: Uint8Array }[]): AsyncGenerator<FilePart> {
  for (const { name, bytes } of files)
    yield {
      filename: name,
      body: (async function* () {
        yield bytes;
      })(),
    };
}
