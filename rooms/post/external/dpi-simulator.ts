import { createHash, type X509Certificate } from 'node:crypto';
import { readMultipart } from '@grunnmur/kernel/http';
import {
  boundedMap,
  cachedAuthorise,
  createFailures,
  type Failure,
  openEventLog,
} from '@grunnmur/kernel/simulator';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { Compile } from 'typebox/compile';
import {
  type DpiOutcome,
  type MailboxMessage,
  type MailboxReceipt,
  openEncryptedParcel,
  receiptsFor,
  signReceipt,
} from './dpi-mailbox.ts';
import { DigitalDocument, DPI_LIMITS, type SbdHeader } from './dpi-messages.ts';
import type { Parcel } from './dpi-parcel.ts';
import { conversationOf, headerOf, orgnrOf } from './dpi-sbd.ts';
import { certificateOrgnr, createDpiSigner, createJwsVerifier, type DpiSigner } from './dpi-signer.ts';
import { DEFAULT_CAPACITY, type SimulatorOptions } from './simulator-options.ts';

/** A mailbox supplier: its certificate is what the contact register gives out, and signs its receipts. */
export interface DpiSupplier {
  readonly orgnr: string;
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

export interface DpiSimulatorOptions extends SimulatorOptions {
  readonly suppliers: readonly DpiSupplier[];
  /** Certificates, or their issuers, whose business documents the access point takes. */
  readonly trustedSendersPem: readonly string[];
  /** What becomes of a letter to this mailbox address. Undefined means `delivered`. */
  readonly outcomeFor?: (mailbox: string) => DpiOutcome | undefined;
  /** Time from received to the receipts. Default 0. */
  readonly receiptDelayMs?: number;
  /** Shown every parcel that was decrypted and found good. */
  readonly onParcel?: (id: string, parcel: Parcel) => void;
}

export interface DpiSimulator {
  readonly plugin: FastifyPluginAsync;
  /** 1 when a letter with this id was taken, else 0. */
  received(id: string): number;
  /** Letters with this id that reached the access point and were understood, repeats included. */
  attempts(id: string): number;
  size(): number;
  fail(failure: Failure): void;
}

interface Entry {
  readonly message: MailboxMessage;
  attempts: number;
}

/** Access point and mailboxes for Digital post til innbyggere, keeping no letters. */
export function dpiSimulator(options: DpiSimulatorOptions): DpiSimulator {
  const state = openState(options);
  const failures = createFailures({ operation: 'send' });
  return {
    plugin: async (app) => {
      failures.install(app);
      addRoutes(app, options, state);
      app.addHook('onClose', async () => state.log.close());
    },
    received: (id) => (state.entries.has(id) ? 1 : 0),
    attempts: (id) => state.entries.get(id)?.attempts ?? 0,
    size: () => state.entries.size,
    fail: failures.fail,
  };
}

type State = ReturnType<typeof openState>;

function openState(options: DpiSimulatorOptions) {
  const capacity = options.capacity ?? DEFAULT_CAPACITY;
  const now = options.now ?? (() => new Date());
  const delay = options.receiptDelayMs ?? 0;
  const signers = new Map<string, DpiSigner>(
    options.suppliers.map(({ orgnr, privateKeyPem, certificatePem }) => [
      orgnr,
      createDpiSigner({ privateKeyPem, certificateChainPem: [certificatePem] }),
    ]),
  );
  const receipts = boundedMap<MailboxReceipt>(capacity);
  /** In order of arrival, which is the order the receipts come in. */
  const waiting = boundedMap<MailboxMessage>(capacity);
  const entries = boundedMap<Entry>(capacity, ({ message }) => waiting.delete(message.id));

  function take(message: MailboxMessage): void {
    entries.set(message.id, { message, attempts: 1 });
    waiting.set(message.id, message);
  }

  /** Called before every answer that could show a receipt, so that no timer runs. */
  function settle(): void {
    const at = now().getTime();
    for (const message of waiting.values()) {
      const due = message.receivedAt + delay;
      if (due > at) return;
      waiting.delete(message.id);
      for (const receipt of receiptsFor(message, due)) receipts.set(receipt.receiptId, receipt);
    }
  }

  const log = openEventLog(options.logPath, ([kind, value]) => {
    if (kind === 'r') take(value as MailboxMessage);
    const known = kind === 'd' ? entries.get(String(value)) : undefined;
    if (known) known.attempts += 1;
    if (kind === 'a') {
      settle();
      receipts.delete(String(value));
    }
  });
  const verify = createJwsVerifier(options.trustedSendersPem, now);
  return { now, signers, receipts, entries, take, settle, log, verify };
}

const SCOPE = 'digitalpostinnbygger:send';

function addRoutes(app: FastifyInstance, options: DpiSimulatorOptions, state: State): void {
  const authorised = cachedAuthorise(options.authorise, SCOPE, state.now);
  app.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null));
  app.addHook('preHandler', async (request, reply) => {
    if (!(await authorised(request.headers.authorization))) await problem(reply, 401, 'Autentiseringsfeil');
  });
  app.post('/messages/out', { config: { operation: 'send' } }, (request, reply) =>
    takeLetter(options, state, request, reply),
  );
  app.get('/messages/out/:id/statuses', { config: { operation: 'status' } }, (request, reply) => {
    const entry = state.entries.get((request.params as { id: string }).id);
    const timestamp = entry && new Date(entry.message.receivedAt).toISOString();
    return reply.send(
      entry
        ? [
            { status: 'OPPRETTET', timestamp },
            { status: 'SENDT', timestamp },
          ]
        : [],
    );
  });
  app.get('/messages/in', { config: { operation: 'receipts' } }, (request, reply) =>
    listReceipts(state, request.query as ListQuery, reply),
  );
  app.post('/messages/in/:id/read', { config: { operation: 'acknowledge' } }, (request, reply) => {
    const { id } = request.params as { id: string };
    if (!state.receipts.delete(id)) return problem(reply, 404, 'Ugyldig id');
    state.log.append(['a', id]);
    return reply.code(200).send();
  });
}

interface Upload {
  readonly jws: string;
  readonly parcel: Buffer;
}

/** Both parts, in any order; undefined when one is missing or too large. */
async function readUpload(request: FastifyRequest): Promise<Upload | undefined> {
  let jws: string | undefined;
  let parcel: Buffer | undefined;
  for await (const part of readMultipart(request, { maxParts: 2 })) {
    if (part.name === 'forretningsmelding') jws = (await collect(part.body, 256 * 1024))?.toString('latin1');
    if (part.name === 'dokumentpakke') parcel = await collect(part.body, DPI_LIMITS.parcelBytes);
  }
  return jws !== undefined && parcel ? { jws, parcel } : undefined;
}

async function collect(body: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  return size <= limit ? Buffer.concat(chunks) : undefined;
}

async function takeLetter(
  options: DpiSimulatorOptions,
  state: State,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const upload = await readUpload(request);
  const business = upload && (await readBusinessDocument(state, upload.jws));
  if (!upload || !business) return problem(reply, 400, 'Valideringsfeil: forretningsmelding');
  const { header, digital } = business;
  const supplierOrgnr = orgnrOf(header.receiver[0]);
  const supplier = options.suppliers.find(({ orgnr }) => orgnr === supplierOrgnr);
  if (!supplier) return problem(reply, 400, 'Valideringsfeil: mottaker');
  if (digital.dokumentpakkefingeravtrykk.digestValue !== sha256(upload.parcel)) {
    return problem(reply, 400, 'Valideringsfeil: dokumentpakkefingeravtrykk');
  }
  const id = header.documentIdentification.instanceIdentifier;
  if (state.entries.has(id)) return repeated(state, id, reply);
  const outcome = options.outcomeFor?.(digital.mottaker.postkasseadresse) ?? 'delivered';
  if (outcome === 'rejected') return problem(reply, 400, 'Valideringsfeil: postkasseadresse');
  if (outcome === 'unavailable') return problem(reply, 503, 'Ikke tilgjengelig');
  const parcel = await openEncryptedParcel(upload.parcel, supplier.privateKeyPem, {
    mailbox: digital.mottaker.postkasseadresse,
    senderOrgnr: orgnrOf({ identifier: digital.avsender.virksomhetsidentifikator }),
  });
  // Another call with the same id may have come this far meanwhile.
  if (state.entries.has(id)) return repeated(state, id, reply);
  accept(state, {
    id,
    conversationId: conversationOf(header) ?? id,
    signerOrgnr: orgnrOf(header.sender[0]),
    supplierOrgnr,
    channel: String((request.query as { kanal?: unknown }).kanal ?? '').toLowerCase(),
    senderUnit: digital.avsender.avsenderidentifikator ?? '',
    receivedAt: state.now().getTime(),
    // The access point cannot look inside; a bad parcel comes back from the mailbox as `feil`.
    outcome: parcel ? outcome : 'client_fault',
  });
  if (parcel) options.onParcel?.(id, parcel);
  return reply.code(201).send();
}

/** The published API names no answer for a used id; a validation error is the nearest. */
function repeated(state: State, id: string, reply: FastifyReply): FastifyReply {
  const known = state.entries.get(id);
  if (known) known.attempts += 1;
  state.log.append(['d', id]);
  return problem(reply, 400, 'Valideringsfeil: instanceIdentifier er brukt');
}

function accept(state: State, message: MailboxMessage): void {
  state.take(message);
  state.log.append(['r', message]);
}

const DigitalCheck = Compile(DigitalDocument);

async function readBusinessDocument(
  state: State,
  jws: string,
): Promise<{ header: SbdHeader; digital: DigitalDocument } | undefined> {
  let verified: { payload: unknown; certificate: X509Certificate };
  try {
    verified = await state.verify(jws);
  } catch {
    return undefined;
  }
  const header = headerOf(verified.payload);
  if (header?.documentIdentification.type !== 'digital') return undefined;
  // The signer must be the header's sender (Digital post til innbyggere: struktur på melding).
  if (orgnrOf(header.sender[0]) !== certificateOrgnr(verified.certificate)) return undefined;
  const { digital } = (verified.payload as { standardBusinessDocument: { digital?: unknown } })
    .standardBusinessDocument;
  return DigitalCheck.Check(digital) ? { header, digital: digital as DigitalDocument } : undefined;
}

interface ListQuery {
  readonly kanal?: string;
  readonly avsenderidentifikator?: string;
  readonly page_size?: string;
}

async function listReceipts(state: State, query: ListQuery, reply: FastifyReply): Promise<FastifyReply> {
  state.settle();
  const size = Math.min(Math.max(Number(query.page_size) || 100, 1), 100);
  const channel = query.kanal?.toLowerCase();
  const found: MailboxReceipt[] = [];
  for (const receipt of state.receipts.values()) {
    if (found.length >= size) break;
    const { message } = receipt;
    if (channel !== undefined && message.channel !== channel) continue;
    if (query.avsenderidentifikator !== undefined && message.senderUnit !== query.avsenderidentifikator)
      continue;
    found.push(receipt);
  }
  if (found.length === 0) return reply.code(204).send();
  const signed = found.map(async (receipt) => {
    const signer = state.signers.get(receipt.message.supplierOrgnr);
    return signer && { forretningsmelding: await signReceipt(receipt, signer) };
  });
  return reply.send((await Promise.all(signed)).filter((message) => message !== undefined));
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('base64');
}

function problem(reply: FastifyReply, status: number, title: string): FastifyReply {
  return reply.code(status).type('application/problem+json').send(JSON.stringify({ status, title }));
}
