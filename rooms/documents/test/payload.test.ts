import type { Konto } from '@grunnmur/exchange';
import { withCtx } from '@grunnmur/kernel/ctx';
import { withTransaction } from '@grunnmur/kernel/db';
import { newId } from '@grunnmur/kernel/ids';
import { beforeAll, describe, expect, it } from 'vitest';
import { dokumenter, encrypted, type Harness, someBytes, startDokumentlager } from './harness.ts';

const HOUR = 3_600_000;

describe('payloads of messages over the threshold', () => {
  let test: Harness;
  let mottaker: Konto;
  beforeAll(async () => {
    test = await startDokumentlager();
    mottaker = (await test.fixture.kontoer.find(test.fixture.operator(), test.b.kontoId))!;
  });

  const sender = () => withCtx(test.fixture.operator(test.a.tenant), { actor: test.a.principal.actor });
  /** As messages are committed: in the receiver's organisation. */
  const receiver = () => test.fixture.operator(mottaker.tenant);
  const store = (bytes: Uint8Array, maxBytes = 10_000_000) =>
    test.payloads.store(sender(), {
      source: (async function* () {
        yield bytes;
      })(),
      maxBytes,
      mottaker,
    });
  const commit = async (bytes: Uint8Array, til: Date) => {
    const stored = await store(bytes);
    await withTransaction(receiver(), (trx) => stored.commit(trx, til));
    return stored;
  };
  const inHours = (hours: number) => new Date(test.fixture.clock.now.getTime() + hours * HOUR);

  it('gives exactly the sent bytes to the receiving konto’s integration, and to nobody else', async () => {
    const cms = await encrypted(someBytes(500_000), test.platform.certificatePem);
    const { dokumentId, storrelse } = await commit(cms, inHours(25));
    expect(storrelse).toBe(cms.length);
    const fetched = await test.download(test.b, dokumentId);
    expect(fetched.status).toBe(200);
    expect(fetched.headers.get('content-length')).toBe(String(cms.length));
    expect(fetched.headers.get('content-type')).toBe('application/octet-stream');
    expect(fetched.bytes.equals(cms)).toBe(true);
    expect((await test.download(test.a, dokumentId)).status).toBe(403);
    expect((await test.download(test.c, dokumentId)).status).toBe(403);
    const rest = await test.download(test.b, dokumentId, { range: 'bytes=400000-' });
    expect(rest.bytes.equals(cms.subarray(400_000))).toBe(true);
  });

  it('belongs to the receiver, who neither finds nor changes it as a document of the konto', async () => {
    const { dokumentId } = await commit(someBytes(100), inHours(1));
    const { rows } = await test.fixture.test.owner.query(
      'select tenant_id, nyttelast, eksponert_for from documents.dokument where id = $1',
      [dokumentId],
    );
    expect(rows).toEqual([
      {
        tenant_id: test.b.tenant,
        nyttelast: true,
        eksponert_for: [{ type: 'INTEGRASJON', id: test.b.integrasjonId }],
      },
    ]);
    const path = `${dokumenter(test.b)}/${dokumentId}`;
    expect((await test.call(test.b, 'DELETE', path)).status).toBe(404);
    expect((await test.call(test.b, 'PATCH', path, { body: '{"ttl":-1}' })).status).toBe(404);
  });

  it('is there until its time, then gone with its bytes', async () => {
    const { dokumentId } = await commit(someBytes(100), inHours(26));
    const files = await test.files();
    test.pass(26 * HOUR - 1);
    await test.retention();
    expect((await test.download(test.b, dokumentId)).status).toBe(200);
    test.pass(1);
    expect((await test.download(test.b, dokumentId)).status).toBe(410);
    await test.retention();
    expect((await test.download(test.b, dokumentId)).status).toBe(410);
    expect(await test.files()).toBeLessThan(files);
  });

  it('leaves no row without its message, no object when too large, and knows its receiver', async () => {
    const before = [await test.rows(), await test.files()];
    await expect(store(someBytes(1001), 1000)).rejects.toMatchObject({ code: 'kernel.too_large' });
    expect([await test.rows(), await test.files()]).toEqual(before);
    const stored = await store(someBytes(1000), 1000);
    const failing = withTransaction(receiver(), async (trx) => {
      await stored.commit(trx, inHours(1));
      throw new Error('the message is not accepted');
    });
    await expect(failing).rejects.toThrow('not accepted');
    expect(await test.rows()).toBe(before[0]);
    expect((await test.download(test.b, stored.dokumentId)).status).toBe(404);
    const unknown = await test.payloads.store(sender(), {
      source: (async function* () {
        yield Buffer.from('x');
      })(),
      maxBytes: 10,
      mottaker: { ...mottaker, id: newId() },
    });
    const rows = await test.rows();
    expect(await withTransaction(sender(), (trx) => unknown.commit(trx, inHours(1)))).toBe(false);
    expect(await test.rows()).toBe(rows);
  });

  it('ends at once when the sender hangs up', async () => {
    const before = await test.files();
    const abort = new AbortController();
    const storing = test.payloads.store(sender(), {
      source: (async function* () {
        yield someBytes(2_000_000);
        await new Promise(() => {});
      })(),
      maxBytes: 10_000_000,
      mottaker,
      signal: abort.signal,
    });
    setTimeout(() => abort.abort(new Error('hung up')), 50);
    await expect(storing).rejects.toThrow('hung up');
    expect(await test.files()).toBe(before);
  });
});
