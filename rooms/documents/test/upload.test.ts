import { execFile, execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { newKeys } from '@grunnmur/exchange/testing';
import { testFolder } from '@grunnmur/kernel/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  dokumenter,
  encrypted,
  FNR,
  type Harness,
  metadata,
  sha256,
  someBytes,
  startDokumentlager,
  uploadForm,
} from './harness.ts';

const LIMIT = 1_000_000;
const openssl = findOpenssl();
/** An upload as far as the first byte of its document. */
const MULTIPART_HEAD = [
  '--grense\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n',
  JSON.stringify(metadata()),
  '\r\n--grense\r\nContent-Disposition: form-data; name="dokument"; filename="x"\r\n\r\n',
].join('');

describe('uploading to Dokumentlager', () => {
  let test: Harness;
  beforeAll(async () => {
    test = await startDokumentlager({
      limits: { maxBytes: LIMIT, maxJsonBytes: 50_000, uploadIdleMs: 2_000 },
    });
  });

  /** What was stored before is what is stored after. */
  async function nothingStored(work: () => Promise<unknown>): Promise<void> {
    const before = [await test.rows(), await test.files()];
    await work();
    // The connection may end before the server has tidied up after it.
    for (let wait = 0; wait < 100 && (await test.files()) !== before[1]; wait++) await sleep(20);
    expect([await test.rows(), await test.files()]).toEqual(before);
  }

  it('stores a document and gives it out again', async () => {
    const bytes = someBytes(200_000);
    const uploaded = await test.upload(bytes, { dokumentnavn: 'søknad.pdf' }, { kryptert: 'false' });
    expect(uploaded.status).toBe(201);
    expect(uploaded.json).toEqual({
      id: expect.any(String),
      dokumentnavn: 'søknad.pdf',
      mimeType: 'application/pdf',
      ukryptertStorrelse: 200_000,
      kryptertStorrelse: 200_000,
    });
    expect(uploaded.headers.get('location')).toMatch(
      new RegExp(`/dokumentlager/nedlasting/${uploaded.json.id}$`),
    );
    const fetched = await test.download(test.a, uploaded.json.id);
    expect(fetched.status).toBe(200);
    expect(fetched.bytes.equals(bytes)).toBe(true);
    expect(fetched.headers.get('content-length')).toBe('200000');
    expect(fetched.headers.get('content-type')).toBe('application/pdf');
    expect(fetched.headers.get('etag')).toBe(`"${sha256(bytes)}"`);
    expect(fetched.headers.get('content-disposition')).toBe(
      `attachment; filename="s_knad.pdf"; filename*=UTF-8''s%C3%B8knad.pdf`,
    );
  });

  it.each(['oaep', 'pkcs1'] as const)(
    'decrypts what was encrypted for its certificate (%s)',
    async (transport) => {
      const key = await fetch(`${test.url}/dokumentlager/api/v1/public-key`);
      expect(key.headers.get('content-type')).toMatch(/^text\/plain/);
      const bytes = someBytes(300_001);
      const cms = await encrypted(bytes, await key.text(), transport);
      const uploaded = await test.upload(cms, { sikkerhetsniva: 4 }, { kryptert: 'true' });
      expect(uploaded.status).toBe(201);
      expect(uploaded.json).toMatchObject({ ukryptertStorrelse: 300_001, kryptertStorrelse: cms.length });
      const fetched = await test.download(test.a, uploaded.json.id);
      expect(fetched.bytes.equals(bytes)).toBe(true);
      expect(fetched.headers.get('content-length')).toBe('300001');
    },
  );

  it.runIf(openssl)('decrypts what OpenSSL has encrypted', async () => {
    const folder = await testFolder();
    const bytes = someBytes(100_000);
    const [input, certificate] = [join(folder, 'in'), join(folder, 'cert.pem')];
    await writeFile(input, bytes);
    await writeFile(certificate, test.platform.certificatePem);
    const args = ['cms', '-encrypt', '-binary', '-stream', '-aes-256-cbc', '-outform', 'DER', '-in', input];
    const oaep = ['-keyopt', 'rsa_padding_mode:oaep', '-keyopt', 'rsa_oaep_md:sha256'];
    const { stdout } = await promisify(execFile)('openssl', [...args, '-recip', certificate, ...oaep], {
      encoding: 'buffer',
    });
    const uploaded = await test.upload(stdout, {}, { kryptert: 'true' });
    expect(uploaded.status).toBe(201);
    expect((await test.download(test.a, uploaded.json.id)).bytes.equals(bytes)).toBe(true);
  });

  it('does not decrypt what is not said to be encrypted', async () => {
    const cms = await encrypted(someBytes(1000), test.platform.certificatePem);
    const uploaded = await test.upload(cms);
    expect((await test.download(test.a, uploaded.json.id)).bytes.equals(cms)).toBe(true);
  });

  it('takes the parts in the other order, and others beside them', async () => {
    const form = new FormData();
    form.append('ukjent', 'noe');
    form.append('dokument', new Blob(['innhold']), 'x');
    form.append('metadata', new Blob([JSON.stringify(metadata())], { type: 'application/json' }), 'm.json');
    const uploaded = await test.upload(Buffer.alloc(0), {}, { form });
    expect(uploaded.status).toBe(201);
    expect((await test.download(test.a, uploaded.json.id)).bytes.toString()).toBe('innhold');
  });

  it('takes the address with and without the slash at its end', async () => {
    const body = uploadForm(someBytes(10));
    expect((await test.call(test.a, 'POST', dokumenter(test.a), { body })).status).toBe(201);
  });

  it('normalises names', async () => {
    const uploaded = await test.upload(someBytes(10), { dokumentnavn: 'a\u030a.txt' });
    expect(uploaded.json.dokumentnavn).toBe('\u00e5.txt');
  });

  it('refuses encrypted content that does not open, alike whatever is wrong with it', async () => {
    const good = await encrypted(someBytes(50_000), test.platform.certificatePem);
    const stranger = await newKeys();
    // The block before the last: what it changes of the last one is its padding, 16 to 0, which no padding is.
    const changed = Buffer.from(good);
    changed[good.length - 27]! ^= 16;
    const cases: [string, Buffer][] = [
      ['for another key', await encrypted(someBytes(100), stranger.certificatePem)],
      ['garbage', someBytes(5_000)],
      ['text', Buffer.from('dette er ikke kryptert')],
      ['cut', good.subarray(0, good.length - 20)],
      ['changed at its end', changed],
      ['nothing inside', await encrypted(Buffer.alloc(0), test.platform.certificatePem)],
    ];
    for (const [name, bytes] of cases) {
      await nothingStored(async () => {
        const refused = await test.upload(bytes, {}, { kryptert: 'true' });
        expect([name, refused.status]).toEqual([name, 400]);
        expect(refused.json.errorCode).toBe('exchange.undecryptable');
        expect(refused.json.message).not.toMatch(/ (is|not|the|does|message) /);
        expect(refused.json).toMatchObject({
          status: 400,
          error: 'Bad Request',
          errorId: expect.any(String),
        });
      });
    }
    const texts = await Promise.all(
      [cases[4]!, cases[5]!].map(
        async ([, bytes]) => (await test.upload(bytes, {}, { kryptert: 'true' })).json.message,
      ),
    );
    expect(texts[0]).toBe(texts[1]);
  });

  it('refuses an empty document', async () => {
    await nothingStored(async () => {
      const refused = await test.upload(Buffer.alloc(0));
      expect(refused.status).toBe(400);
      expect(refused.json.message).toContain('dokument: er tomt');
    });
  });

  it('takes exactly the limit, refuses more, announced or not, encrypted or not', async () => {
    expect((await test.upload(someBytes(LIMIT))).status).toBe(201);
    const cms = await encrypted(someBytes(LIMIT + 1), test.platform.certificatePem);
    await nothingStored(async () => {
      for (const refused of [
        await test.upload(someBytes(LIMIT + 1)),
        await test.upload(cms, {}, { kryptert: 'true' }),
        await test.upload(someBytes(5 * LIMIT)),
      ]) {
        expect(refused.status).toBe(413);
        expect(refused.json.message).toContain(String(LIMIT));
      }
    });
  });

  it('refuses a document whose announced size is too large before it is sent', async () => {
    const headers = Object.entries({
      ...(await test.headers(test.a)),
      host: 'x',
      'content-type': 'multipart/form-data; boundary=grense',
      'content-length': '6000000000',
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    const answer = await rawCall(`POST ${dokumenter(test.a)}/ HTTP/1.1\r\n${headers.join('')}\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('leaves nothing of an upload that breaks off, and of one that stops', async () => {
    const headers = Object.entries({
      ...(await test.headers(test.a)),
      host: 'x',
      'content-type': 'multipart/form-data; boundary=grense',
      'content-length': '900000',
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    const start = `POST ${dokumenter(test.a)}/ HTTP/1.1\r\n${headers.join('')}\r\n${MULTIPART_HEAD}`;
    await nothingStored(() => rawCall(start + 'x'.repeat(500_000), 300));
    await nothingStored(async () => {
      expect(await rawCall(start + 'x'.repeat(500_000))).toMatch(/^HTTP\/1\.1 408 /);
    });
  });

  it('names every wrong field and rule', async () => {
    const wrong = await test.upload(someBytes(10), {
      dokumentnavn: '../etc/passwd',
      mimetype: 'pdf',
      ttl: 60,
      tilgjengeligTil: '2099-01-01T00:00:00Z',
      sikkerhetsniva: 2,
      eksponertFor: [{ type: 'PERSON', fnr: FNR.replace(/.$/, '9') }, { type: 'ALLE' }, 'x'],
      korrelasjonsid: 'x',
      ikkeLagreDokumentLastetNed: 'ja',
    });
    expect(wrong.status).toBe(400);
    expect(JSON.parse(wrong.json.errorJson).map(({ field }: { field: string }) => field)).toEqual([
      'dokumentnavn',
      'mimetype',
      'sikkerhetsniva',
      'eksponertFor[0].fnr',
      'eksponertFor[1].type',
      'eksponertFor[2]',
      'korrelasjonsid',
      'ikkeLagreDokumentLastetNed',
      'ttl',
    ]);
    expect(JSON.stringify(wrong.json)).not.toContain(FNR.slice(0, 10));
  });

  it('refuses what is no upload', async () => {
    const only = (name: string, value: string | Blob) => {
      const form = new FormData();
      form.append(name, value);
      return form;
    };
    const twice = uploadForm(someBytes(10));
    twice.append('dokument', new Blob(['x']), 'y');
    const many = uploadForm(someBytes(10));
    for (let part = 0; part < 10; part++) many.append('ukjent', 'x');
    const cases: [FormData, number, string][] = [
      [only('dokument', new Blob(['x'])), 400, 'metadata: mangler'],
      [only('metadata', JSON.stringify(metadata())), 400, 'dokument: mangler'],
      [only('metadata', '{'), 400, 'metadata: er ikke gyldig JSON'],
      [only('metadata', '[]'), 400, 'metadata: må være et objekt'],
      [only('metadata', `{"a":"${'x'.repeat(60_000)}"}`), 413, '50000'],
      [twice, 400, 'dokument: finnes mer enn én gang'],
      [many, 400, 'flere enn'],
    ];
    for (const [form, status, text] of cases) {
      await nothingStored(async () => {
        const refused = await test.upload(Buffer.alloc(0), {}, { form });
        expect([refused.status, refused.json.message]).toEqual([status, expect.stringContaining(text)]);
      });
    }
    const json = await test.call(test.a, 'POST', dokumenter(test.a), { body: '{}' });
    expect(json.status).toBe(400);
    const flag = await test.upload(someBytes(10), {}, { kryptert: 'ja' });
    expect([flag.status, flag.json.message]).toEqual([400, expect.stringContaining('kryptert')]);
  });

  it('lets nobody upload to a konto that is not theirs', async () => {
    const { a, b } = test;
    const body = someBytes(10);
    await nothingStored(async () => {
      expect((await test.upload(body, {}, { caller: b, path: dokumenter(a) })).status).toBe(404);
      const otherOrg = dokumenter(a).replace(a.tenant, b.tenant);
      expect((await test.upload(body, {}, { path: otherOrg })).status).toBe(404);
      expect((await test.upload(body, {}, { path: dokumenter(a).replace(a.kontoId, 'x') })).status).toBe(404);
      const wrongPassword = { ...a, integrasjonPassord: 'feil' };
      expect((await test.upload(body, {}, { caller: wrongPassword })).status).toBe(401);
      const anonymous = await fetch(`${test.url}${dokumenter(a)}`, {
        method: 'POST',
        body: uploadForm(body),
      });
      expect(anonymous.status).toBe(401);
      expect(await anonymous.json()).toMatchObject({ status: 401, errorCode: 'access.token_invalid' });
    });
  });

  it('says that a deleted konto is gone', async () => {
    const { a, fixture } = test;
    const operator = fixture.operator(a.tenant);
    const kontoId = await fixture.admin.createKonto(operator, { systemId: a.systemId, navn: 'Slettes' });
    const caller = { ...a, kontoId };
    const { json } = await test.upload(someBytes(10), {}, { caller });
    await fixture.admin.removeKonto(operator, kontoId);
    await nothingStored(async () => {
      const refused = await test.upload(someBytes(10), {}, { caller });
      expect([refused.status, refused.json.errorCode]).toEqual([410, 'exchange.konto_gone']);
    });
    expect((await test.call(caller, 'DELETE', `${dokumenter(caller)}/${json.id}`)).status).toBe(410);
  });

  it('leaves nothing of an upload whose konto is deleted before its end', async () => {
    const { a, fixture } = test;
    const operator = fixture.operator(a.tenant);
    const kontoId = await fixture.admin.createKonto(operator, { systemId: a.systemId, navn: 'Slettes' });
    const caller = { ...a, kontoId };
    const body = new ReadableStream<Uint8Array>({
      start: async (controller) => {
        controller.enqueue(Buffer.from(`${MULTIPART_HEAD}første del, `));
        await sleep(100);
        await fixture.admin.removeKonto(operator, kontoId);
        controller.enqueue(Buffer.from('andre del\r\n--grense--\r\n'));
        controller.close();
      },
    });
    await nothingStored(async () => {
      const headers = { 'content-type': 'multipart/form-data; boundary=grense' };
      const init = { body, headers, duplex: 'half' } as RequestInit;
      const refused = await test.call(caller, 'POST', dokumenter(caller), init);
      expect([refused.status, refused.json.errorCode]).toEqual([410, 'exchange.konto_gone']);
    });
  });

  it('leaves no bytes when the row cannot be written', async () => {
    const { owner } = test.fixture.test;
    await owner.query(`alter table documents.dokument add constraint sperre check (navn <> 'sperret.pdf')`);
    await nothingStored(async () => {
      const failed = await test.upload(someBytes(10), { dokumentnavn: 'sperret.pdf' });
      expect([failed.status, failed.json.errorCode]).toEqual([500, 'kernel.internal']);
      expect(JSON.stringify(failed.json)).not.toContain('sperre');
    });
    await owner.query('alter table documents.dokument drop constraint sperre');
  });

  async function rawCall(text: string, hangUpAfterMs?: number): Promise<string> {
    const socket = connect(Number(new URL(test.url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(text);
    if (hangUpAfterMs !== undefined) {
      await sleep(hangUpAfterMs);
      socket.destroy();
      return '';
    }
    const first = await new Promise<string>((resolve) =>
      socket.once('data', (data) => resolve(String(data))),
    );
    socket.destroy();
    return first;
  }
});

function findOpenssl(): boolean {
  try {
    return /^OpenSSL 3/.test(execFileSync('openssl', ['version'], { encoding: 'utf8' }));
  } catch {
    return false;
  }
}
