import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { newId } from '@grunnmur/kernel/ids';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DpiClientOptions, DpiDocument, DpiLetter } from '../external/index.ts';
import { dpiSimulator } from '../external/simulators.ts';
import {
  connect,
  DIGIPOST,
  document,
  large,
  letter,
  makeKeys,
  PDF,
  SENDER,
  sender,
  start,
  stranger,
  supplier,
} from './external-dpi-kit.ts';
import { authorise, cleanUp, failureOf, serve, silentServer, TOKEN } from './external-kit.ts';

beforeAll(makeKeys);
afterEach(cleanUp);

describe('DPI client', () => {
  it('delivers documents that decrypt to exactly what was sent', async () => {
    const { simulator, client, parcels } = await start();
    const contents = [
      PDF,
      randomBytes(3_000_000),
      Buffer.from('Blåbærsyltetøy på flatbrød'),
      Buffer.alloc(5_000_000, 'a'),
    ];
    const [main, ...attachments] = [
      document(PDF, { filename: 'vedtak & <vilkår> "æøå" #1.pdf', title: 'Vedtak & vilkår <1>' }),
      document(contents[1]!, { filename: 'kart.png', mimeType: 'image/png' }),
      document(contents[2]!, { filename: 'KART.png', mimeType: 'text/plain' }),
      document(contents[3]!, { filename: 'manifest.xml', mimeType: 'text/plain' }),
    ];
    const sentLetter = letter({ documents: [main!, ...attachments] });
    expect(await client.send(sentLetter)).toEqual({
      outcome: 'sent',
      reference: sentLetter.id,
      repeated: false,
    });
    const parcel = parcels.get(sentLetter.id);
    expect(parcel?.documents.map(({ href, mime }) => [href, mime])).toEqual([
      ['vedtak & <vilkår> "æøå" #1.pdf', 'application/pdf'],
      ['kart.png', 'image/png'],
      ['KART-03.png', 'text/plain'],
      ['manifest-04.xml', 'text/plain'],
    ]);
    expect(
      parcel?.documents.map(({ content }) => contents.some((original) => original.equals(content))),
    ).toEqual([true, true, true, true]);
    expect(parcel).toMatchObject({ mailbox: 'kari.nordmann#1ABC', senderOrgnr: SENDER });
    expect(simulator.received(sentLetter.id)).toBe(1);
    expect(await client.transport(sentLetter.id)).toBe('SENDT');
    expect(await client.transport(newId())).toBeUndefined();
  });

  it('gets a receipt, which is gone when it is acknowledged', async () => {
    let at = Date.now();
    const now = () => new Date(at);
    const { client } = await start({ now, receiptDelayMs: 60_000 }, { now });
    const sentLetter = letter();
    await client.send(sentLetter);
    expect(await client.fetchReceipts(10)).toEqual([]);
    at += 60_000;
    const [receipt, ...others] = await client.fetchReceipts(10);
    expect(others).toEqual([]);
    expect(receipt).toEqual({
      receiptId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      messageId: sentLetter.id,
      supplierOrgnr: DIGIPOST,
      type: 'leveringskvittering',
      at: now(),
      fault: undefined,
      noticeChannel: undefined,
      details: undefined,
    });
    await client.acknowledge(receipt!.receiptId);
    await client.acknowledge(receipt!.receiptId);
    expect(await client.fetchReceipts(10)).toEqual([]);
  });

  it('tells every kind of receipt', async () => {
    const { client } = await start({ outcomeFor: (mailbox) => mailbox as 'opened' });
    const outcomes = ['opened', 'notice_failed', 'returned', 'client_fault', 'server_fault', 'silent'];
    const letters = outcomes.map((address) =>
      letter({ mailbox: { address, supplierOrgnr: DIGIPOST, certificatePem: supplier.certificatePem } }),
    );
    for (const one of letters) expect(await client.send(one)).toMatchObject({ outcome: 'sent' });
    const receipts = await client.fetchReceipts(100);
    const told = receipts.map((receipt) =>
      receipt.type === 'unreadable'
        ? []
        : [
            outcomes[letters.findIndex(({ id }) => id === receipt.messageId)],
            receipt.type,
            receipt.fault ?? receipt.noticeChannel,
          ],
    );
    expect(told).toEqual([
      ['opened', 'leveringskvittering', undefined],
      ['opened', 'aapningskvittering', undefined],
      ['notice_failed', 'leveringskvittering', undefined],
      ['notice_failed', 'varslingfeiletkvittering', 'epost'],
      ['returned', 'leveringskvittering', undefined],
      ['returned', 'returpostkvittering', undefined],
      ['client_fault', 'feil', 'KLIENT'],
      ['server_fault', 'feil', 'SERVER'],
    ]);
    expect(await client.fetchReceipts(3)).toHaveLength(3);
  });

  it('keeps receipts of different channels apart', async () => {
    const simulator = dpiSimulator({
      authorise,
      suppliers: [supplier],
      trustedSendersPem: [sender.certificatePem],
    });
    const baseUrl = await serve(simulator.plugin);
    const { client: ours } = await connect(baseUrl, { channel: 'Post-1' });
    const { client: theirs } = await connect(baseUrl, { channel: 'post_2' });
    const sentLetter = letter();
    await ours.send(sentLetter);
    expect(await theirs.fetchReceipts(10)).toEqual([]);
    expect(await ours.fetchReceipts(10)).toMatchObject([{ messageId: sentLetter.id }]);
    await expect(connect(baseUrl, { channel: 'æ' })).rejects.toThrow('channel');
  });

  it('delivers once when the first answer is lost', async () => {
    const { simulator, client } = await start();
    const sentLetter = letter();
    simulator.fail({ kind: 'reset', accepted: true });
    expect(await failureOf(client.send(sentLetter))).toMatchObject({ kind: 'connection', channel: 'sdp' });
    expect(await client.send(sentLetter, { repeated: true })).toMatchObject({
      outcome: 'sent',
      repeated: true,
    });
    expect(simulator.attempts(sentLetter.id)).toBe(1);
    expect(await client.send(sentLetter)).toMatchObject({ outcome: 'sent', repeated: true });
    expect(simulator.attempts(sentLetter.id)).toBe(2);
    expect(await client.fetchReceipts(10)).toHaveLength(1);
  });

  it('delivers once when the same letter is sent twice at the same time', async () => {
    const { simulator, client, parcels } = await start();
    const sentLetter = letter();
    const results = await Promise.all([client.send(sentLetter), client.send(sentLetter)]);
    expect(results.map((result) => result.outcome)).toEqual(['sent', 'sent']);
    expect(simulator.attempts(sentLetter.id)).toBe(2);
    expect(parcels.size).toBe(1);
    expect(await client.fetchReceipts(10)).toHaveLength(1);
  });

  it('refuses what a mailbox does not take', async () => {
    const { simulator, client } = await start({ outcomeFor: () => 'rejected' });
    const { certificatePem } = supplier;
    const huge = { size: 51 * 1024 * 1024 };
    const cases: [Partial<DpiLetter>, object][] = [
      [{}, { reason: 'rejected', detail: 'sdp HTTP 400' }],
      [
        { documents: [document(PDF, { mimeType: 'video/mp4' })] },
        { reason: 'rejected', detail: 'sdp MIME type' },
      ],
      [{ documents: [document(PDF, huge)] }, { reason: 'rejected', detail: 'sdp parcel too large' }],
      [
        { mailbox: { address: 'a', supplierOrgnr: '123456785', certificatePem } },
        { reason: 'rejected', detail: 'sdp HTTP 400' },
      ],
      [
        { mailbox: { address: 'a', supplierOrgnr: DIGIPOST, certificatePem: 'not a certificate' } },
        { reason: 'unknown_recipient', detail: 'sdp mailbox certificate bad_certificate' },
      ],
    ];
    for (const [change, expected] of cases) {
      const refusedLetter = letter(change);
      expect(await client.send(refusedLetter)).toMatchObject({ outcome: 'refused', ...expected });
      expect(simulator.received(refusedLetter.id)).toBe(0);
    }
  });

  it.each([
    [{ status: 503 }, { kind: 'status', status: 503 }],
    [{ status: 403 }, { kind: 'authorisation', status: 403 }],
    [{ status: 404 }, { kind: 'configuration', status: 404 }],
    [{ kind: 'reset' }, { kind: 'connection' }],
  ] as const)('throws on %j, then sends', async (failure, expected) => {
    const { simulator, client } = await start();
    simulator.fail(failure);
    const sentLetter = letter();
    expect(await failureOf(client.send(sentLetter))).toMatchObject({
      name: 'ChannelUnavailable',
      ...expected,
    });
    expect(await client.send(sentLetter)).toMatchObject({ outcome: 'sent', repeated: false });
  });

  it.each([
    [{ kind: 'malformed' }, { kind: 'malformed' }],
    [{ kind: 'oversize' }, { kind: 'oversize' }],
    [{ status: 500 }, { kind: 'status' }],
  ] as const)('throws on %j when fetching, and loses no receipt', async (failure, expected) => {
    const { simulator, client } = await start();
    await client.send(letter());
    simulator.fail({ ...failure, on: 'receipts' });
    expect(await failureOf(client.fetchReceipts(10))).toMatchObject(expected);
    expect(await client.fetchReceipts(10)).toHaveLength(1);
  });

  it('gives up on silence', async () => {
    const { client } = await connect(await silentServer(), { uploadTimeoutMs: 100 });
    expect(await failureOf(client.send(letter()))).toMatchObject({ kind: 'timeout' });
  });

  it('asks for a fresh token once, and for one on behalf of the organisation it sends for', async () => {
    const asked: unknown[] = [];
    const stale: DpiClientOptions['token'] = (options) => {
      asked.push(options);
      return options.fresh ? TOKEN : 'expired';
    };
    const { client } = await start({}, { token: stale });
    expect(await client.send(letter({ senderOrgnr: '974760673' }))).toMatchObject({ outcome: 'sent' });
    expect(asked).toEqual([
      { fresh: false, consumerOrg: '974760673' },
      { fresh: true, consumerOrg: '974760673' },
    ]);
  });

  it('does not send a document that is not what was accepted', async () => {
    const { simulator, client } = await start();
    const changes: Partial<DpiDocument>[] = [
      { sha256: '0'.repeat(64) },
      { size: PDF.length - 1 },
      { size: PDF.length + 1 },
      { sha256: '0'.repeat(64), ...large() },
    ];
    for (const change of changes) {
      const changed = letter({ documents: [document(PDF, change)] });
      expect(await failureOf(client.send(changed))).toMatchObject({ name: 'DocumentChanged' });
      expect(simulator.attempts(changed.id)).toBe(0);
    }
    const gone = document(PDF, { open: () => Promise.reject(new Error('object is gone')) });
    expect(await failureOf(client.send(letter({ documents: [gone] })))).toMatchObject({
      message: 'object is gone',
    });
  });

  it('leaves nothing in the spool folder, and closes its documents, whatever happens', async () => {
    const { simulator, client, spoolDirectory } = await start({}, { spoolMemoryBytes: 1000 });
    const content = randomBytes(200_000);
    expect(await client.send(letter({ documents: [document(content)] }))).toMatchObject({ outcome: 'sent' });
    simulator.fail({ status: 500 });
    await failureOf(client.send(letter({ documents: [document(content)] })));
    let closed = false;
    async function* endless() {
      try {
        for (;;) yield randomBytes(100_000);
      } finally {
        closed = true;
      }
    }
    const overflowing = document(content, { size: 3_000_000, open: endless });
    await failureOf(client.send(letter({ documents: [overflowing] })));
    await vi.waitFor(() => expect(closed).toBe(true));
    expect(await readdir(spoolDirectory)).toEqual([]);
  });

  it('calls a receipt from a stranger unreadable, and can put it away', async () => {
    const { client } = await start({ suppliers: [{ ...stranger, orgnr: DIGIPOST }] });
    const mailbox = { address: 'a', supplierOrgnr: DIGIPOST, certificatePem: stranger.certificatePem };
    await client.send(letter({ mailbox }));
    const [receipt] = await client.fetchReceipts(10);
    expect(receipt).toEqual({ type: 'unreadable', receiptId: expect.any(String) });
    await client.acknowledge(receipt!.receiptId);
    expect(await client.fetchReceipts(10)).toEqual([]);
  });

  it('calls a receipt unreadable whose signer is trusted but not its sender', async () => {
    const { client } = await start(
      { suppliers: [{ ...stranger, orgnr: DIGIPOST }] },
      { trustedCertificatesPem: [stranger.certificatePem] },
    );
    const mailbox = { address: 'a', supplierOrgnr: DIGIPOST, certificatePem: stranger.certificatePem };
    await client.send(letter({ mailbox }));
    expect(await client.fetchReceipts(10)).toMatchObject([{ type: 'unreadable' }]);
  });
});
