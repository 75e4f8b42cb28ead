import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connect, DIGIPOST, letter, makeKeys, sender, start, stranger } from './external-dpi-kit.ts';
import { cleanUp, cleanup } from './external-kit.ts';

beforeAll(makeKeys);
afterEach(cleanUp);

describe('DPI credentials', () => {
  it('must fit together and belong to the signer', async () => {
    const chain = (certificatePem: string): [string] => [certificatePem];
    const mixed = {
      privateKeyPem: sender.privateKeyPem,
      certificateChainPem: chain(stranger.certificatePem),
    };
    await expect(connect('http://127.0.0.1:1', { credentials: mixed })).rejects.toThrow('private key');
    await expect(connect('http://127.0.0.1:1', { signerOrgnr: '974760673' })).rejects.toThrow('organisation');
  });
});

describe('DPI simulator', () => {
  it('answers with a fault when the parcel is for another key', async () => {
    const { client, parcels } = await start();
    const mailbox = { address: 'a', supplierOrgnr: DIGIPOST, certificatePem: stranger.certificatePem };
    const sentLetter = letter({ mailbox });
    expect(await client.send(sentLetter)).toMatchObject({ outcome: 'sent' });
    expect(parcels.size).toBe(0);
    expect(await client.fetchReceipts(10)).toMatchObject([
      { messageId: sentLetter.id, type: 'feil', fault: 'KLIENT', details: expect.any(String) },
    ]);
  });

  it('takes business documents from senders it trusts only', async () => {
    const { simulator, client } = await start({ trustedSendersPem: [stranger.certificatePem] });
    const sentLetter = letter();
    expect(await client.send(sentLetter)).toMatchObject({ outcome: 'refused', reason: 'rejected' });
    expect(simulator.attempts(sentLetter.id)).toBe(0);
  });

  it('remembers letters and acknowledgements when it is started again on the same log', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dpi-'));
    cleanup(() => rm(folder, { recursive: true }));
    const logPath = join(folder, 'received.log');
    const before = await start({ logPath });
    const [first, second] = [letter(), letter()];
    await before.client.send(first);
    await before.client.send(second);
    const [receipt] = await before.client.fetchReceipts(1);
    await before.client.acknowledge(receipt!.receiptId);
    const after = await start({ logPath });
    expect(after.simulator.received(first.id)).toBe(1);
    expect(await after.client.send(first)).toMatchObject({ repeated: true });
    expect(await after.client.fetchReceipts(10)).toMatchObject([{ messageId: second.id }]);
  });
});
