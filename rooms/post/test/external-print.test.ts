import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { newId } from '@grunnmur/kernel/ids';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createPrintClient, type PrintClientOptions, type PrintJob } from '../external/index.ts';
import { type PrintOutcome, type PrintSimulatorOptions, printSimulator } from '../external/simulators.ts';
import { authorise, cleanUp, cleanup, failureOf, serve, silentServer, token } from './external-kit.ts';

afterEach(cleanUp);

const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n');

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function job(change: Partial<PrintJob> = {}): PrintJob {
  return {
    jobId: newId(),
    senderOrgnr: '910568183',
    pages: 3,
    sheets: 2,
    doubleSided: true,
    colour: false,
    envelope: 'C5',
    postage: { class: 'B', zone: 'norway' },
    giroPages: [],
    pdf: once(PDF),
    ...change,
  };
}

/** The same job for another attempt: its PDF is read anew. */
const again = (first: PrintJob): PrintJob => ({ ...first, pdf: once(PDF) });

async function start(
  options: Partial<PrintSimulatorOptions> = {},
  clientOptions: Partial<PrintClientOptions> = {},
) {
  const simulator = printSimulator({ authorise, ...options });
  const baseUrl = await serve(simulator.plugin, '/sim/print');
  const client = createPrintClient({ baseUrl, token, ...clientOptions });
  cleanup(() => client.close());
  return { simulator, client };
}

function clock(start = '2026-03-02T10:00:00Z') {
  let at = Date.parse(start);
  return { now: () => new Date(at), pass: (ms: number) => (at += ms) };
}

describe('Print client', () => {
  it('hands over a job and gets the receipt when it is printed', async () => {
    const { now, pass } = clock();
    const { simulator, client } = await start({ now, printDelayMs: 3_600_000 });
    const letter = job({ colour: true, invoiceReference: 'byggesak-17' });
    expect(await client.send(letter)).toEqual({ outcome: 'sent', reference: letter.jobId, repeated: false });
    expect(simulator.bytes(letter.jobId)).toBe(PDF.length);
    expect(await client.status(letter.jobId)).toEqual({ status: 'received', changed: now() });
    expect(await client.fetchReceipts(10)).toEqual([]);
    pass(3_600_000);
    const [receipt, ...others] = await client.fetchReceipts(10);
    expect(others).toEqual([]);
    expect(receipt).toEqual({
      receiptId: `printed-${letter.jobId}`,
      jobId: letter.jobId,
      type: 'printed',
      postedAt: '2026-03-02T11:00:00.000Z',
      blackWhitePages: 0,
      colourPages: 3,
      sheetsAutomatic: 2,
      sheetsManual: 0,
      sheetsExtra: 0,
      weightGrams: 15,
      productionCostOre: 140 + 3 * 95,
      postageOre: 2300,
    });
    expect((await client.status(letter.jobId))?.status).toBe('printed');
    await client.acknowledge([`printed-${letter.jobId}`]);
    await client.acknowledge([`printed-${letter.jobId}`, 'printed-unknown']);
    expect(await client.fetchReceipts(10)).toEqual([]);
  });

  it('takes the same id once, also when the first answer is lost', async () => {
    const { simulator, client } = await start();
    const letter = job();
    simulator.fail({ kind: 'reset', accepted: true });
    expect(await failureOf(client.send(letter))).toMatchObject({ kind: 'connection' });
    expect(await client.send(again(letter))).toMatchObject({ outcome: 'sent', repeated: true });
    expect(simulator.received(letter.jobId)).toBe(1);
    expect(simulator.attempts(letter.jobId)).toBe(2);
    expect(await client.fetchReceipts(10)).toHaveLength(1);
  });

  it('gives the oldest receipts first, no more than asked for', async () => {
    const { client } = await start();
    const letters = [job(), job(), job()];
    for (const letter of letters) await client.send(letter);
    const first = await client.fetchReceipts(2);
    expect(first.map(({ jobId }) => jobId)).toEqual(letters.slice(0, 2).map(({ jobId }) => jobId));
    await client.acknowledge(first.map(({ receiptId }) => receiptId));
    expect((await client.fetchReceipts(2)).map(({ jobId }) => jobId)).toEqual([letters[2]?.jobId]);
  });

  it('streams a large PDF, of known and of unknown size', async () => {
    const { simulator, client } = await start();
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const chunks = 512;
    async function* large() {
      yield PDF;
      for (let i = 0; i < chunks; i++) yield chunk;
    }
    const size = PDF.length + chunks * chunk.length;
    for (const letter of [job({ pdf: large() }), job({ pdf: large(), size })]) {
      expect(await client.send(letter)).toMatchObject({ outcome: 'sent' });
      expect(simulator.bytes(letter.jobId)).toBe(size);
    }
  });

  it('cancels until it is printed', async () => {
    const { now, pass } = clock();
    const { client } = await start({ now, printDelayMs: 1000 });
    const [early, late] = [job(), job()];
    await client.send(early);
    await client.send(late);
    expect(await client.cancel(early.jobId)).toBe('cancelled');
    expect(await client.cancel(early.jobId)).toBe('cancelled');
    pass(1000);
    expect(await client.cancel(late.jobId)).toBe('printed');
    expect(await client.cancel(newId())).toBe('not_found');
    expect(await client.status(newId())).toBeUndefined();
    expect((await client.fetchReceipts(10)).map(({ jobId }) => jobId)).toEqual([late.jobId]);
  });

  it('tells what came back and what could not be produced', async () => {
    const outcomes = new Map<string, PrintOutcome>();
    const { client } = await start({ outcomeFor: ({ jobId }) => outcomes.get(jobId) });
    const [returned, failed] = [job(), job()];
    outcomes.set(returned.jobId, 'returned').set(failed.jobId, 'failed');
    await client.send(returned);
    await client.send(failed);
    const receipts = await client.fetchReceipts(10);
    expect(receipts.map(({ jobId, type }) => [jobId, type])).toEqual([
      [returned.jobId, 'printed'],
      [returned.jobId, 'returned'],
      [failed.jobId, 'failed'],
    ]);
  });

  it.each([
    ['what is not a PDF', job({ pdf: once(Buffer.from('<html>')) }), 'print not_pdf'],
    ['an empty document', job({ pdf: once(Buffer.alloc(0)) }), 'print not_pdf'],
    ['a wrong number of sheets', job({ sheets: 1 }), 'print sheets_mismatch'],
    ['a ticket that breaks the rules', job({ senderOrgnr: '123' }), 'print invalid_ticket'],
  ])('refuses %s', async (_what, letter, detail) => {
    const { simulator, client } = await start();
    expect(await client.send(letter)).toEqual({
      outcome: 'refused',
      reason: 'rejected',
      detail,
      code: detail.replace('print ', ''),
    });
    expect(simulator.received(letter.jobId)).toBe(0);
  });

  it('refuses what is too large and what the supplier rejects', async () => {
    const { client } = await start({ maxBytes: 8, outcomeFor: () => 'rejected' });
    expect(await client.send(job())).toMatchObject({ detail: 'print too_large' });
    const { client: strict } = await start({ outcomeFor: () => 'rejected' });
    expect(await strict.send(job())).toMatchObject({ detail: 'print address_outside_window' });
  });

  it.each([
    [{ status: 503 }, { kind: 'status', status: 503 }],
    [{ status: 403 }, { kind: 'authorisation', status: 403 }],
    [{ status: 404 }, { kind: 'configuration', status: 404 }],
    [{ kind: 'malformed' }, { kind: 'malformed' }],
    [{ kind: 'oversize' }, { kind: 'oversize' }],
  ] as const)('throws on %j, then sends', async (failure, expected) => {
    const { simulator, client } = await start();
    simulator.fail(failure);
    const letter = job();
    expect(await failureOf(client.send(letter))).toMatchObject({
      name: 'ChannelUnavailable',
      channel: 'print',
      ...expected,
    });
    expect(await client.send(again(letter))).toMatchObject({ outcome: 'sent', repeated: false });
    simulator.fail({ ...failure, on: 'receipts' });
    expect(await failureOf(client.fetchReceipts(10))).toMatchObject(expected);
    expect(await client.fetchReceipts(10)).toHaveLength(1);
  });

  it('throws the reading error itself when the PDF cannot be read, and hands nothing over', async () => {
    const { simulator, client } = await start();
    async function* broken() {
      yield PDF;
      throw new Error('object is gone');
    }
    const letter = job({ pdf: broken() });
    expect(await failureOf(client.send(letter))).toMatchObject({ message: 'object is gone' });
    expect(simulator.received(letter.jobId)).toBe(0);
    expect(await client.send(again(letter))).toMatchObject({ outcome: 'sent' });
  });

  it('gives up on silence and closes the source', async () => {
    const client = createPrintClient({ baseUrl: await silentServer(), token, uploadTimeoutMs: 100 });
    cleanup(() => client.close());
    let closed = false;
    async function* endless() {
      try {
        yield PDF;
        for (;;) yield Buffer.alloc(64 * 1024);
      } finally {
        closed = true;
      }
    }
    expect(await failureOf(client.send(job({ pdf: endless() })))).toMatchObject({ kind: 'timeout' });
    await vi.waitFor(() => expect(closed).toBe(true));
  });

  it('closes an opened PDF that is never read', async () => {
    const client = createPrintClient({ baseUrl: 'http://127.0.0.1:1', token });
    cleanup(() => client.close());
    const pdf = Readable.from([PDF]);
    expect(await failureOf(client.send(job({ pdf })))).toMatchObject({ kind: 'connection' });
    expect(pdf.destroyed).toBe(true);
  });

  it.each([-1, 1])('says so when the PDF is not as large as announced (%i)', async (difference) => {
    const { simulator, client } = await start();
    const letter = job({ size: PDF.length + difference });
    expect(await failureOf(client.send(letter))).toMatchObject({ name: 'RequestContentLengthMismatchError' });
    expect(simulator.received(letter.jobId)).toBe(0);
  });

  it('needs a token the supplier accepts', async () => {
    const { client } = await start({ authorise: () => false });
    expect(await failureOf(client.send(job()))).toMatchObject({ kind: 'authorisation', status: 401 });
    expect(await failureOf(client.cancel(newId()))).toMatchObject({ kind: 'authorisation', status: 401 });
  });
});

describe('Print simulator', () => {
  it('remembers jobs, cancellations and acknowledgements when it is started again on the same log', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'print-'));
    cleanup(() => rm(folder, { recursive: true }));
    const { now, pass } = clock();
    const options = { logPath: join(folder, 'received.log'), now, printDelayMs: 1000 };
    const before = await start(options);
    const [first, second, stopped] = [job(), job(), job()];
    for (const letter of [first, second, stopped]) await before.client.send(letter);
    await before.client.cancel(stopped.jobId);
    pass(1000);
    await before.client.acknowledge((await before.client.fetchReceipts(1)).map(({ receiptId }) => receiptId));
    const after = await start(options);
    expect(after.simulator.received(first.jobId)).toBe(1);
    expect((await after.client.status(stopped.jobId))?.status).toBe('cancelled');
    expect((await after.client.fetchReceipts(10)).map(({ jobId }) => jobId)).toEqual([second.jobId]);
  });
});
