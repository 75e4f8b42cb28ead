import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { decryptCms, encryptCms } from '@grunnmur/cms';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AsiceFile,
  type AsiceSigner,
  openAsice,
  prepareSigner,
  type ReadAsiceOptions,
  writeAsice,
} from '../src/asice/index.ts';
import { changedSignature, type RawContainer, rawContainer } from './raw-container.ts';
import { createSigner } from './test-signer.ts';

const VECTORS = fileURLToPath(new URL('vectors/', import.meta.url));

let signer: AsiceSigner;
let folder: string;

beforeAll(async () => {
  signer = await createSigner();
  folder = await mkdtemp(join(tmpdir(), 'asice-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

const written = async (files: AsiceFile[]) => collect(writeAsice(files, signer));

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

interface ReadBack {
  readonly signers: readonly string[];
  readonly files: Record<string, string>;
  readonly roots: readonly string[];
  readonly types: Record<string, string>;
}

async function read(
  source: AsyncIterable<Uint8Array> | Buffer | string,
  options?: ReadAsiceOptions,
): Promise<ReadBack> {
  const stream = Buffer.isBuffer(source) ? Readable.from([source]) : source;
  const container = await openAsice(stream, { temporaryFolder: folder, ...options });
  try {
    const files: Record<string, string> = {};
    for await (const { name, body } of container.entries()) files[name] = (await collect(body)).toString();
    return {
      signers: container.signers.map(({ subject }) => subject),
      files,
      roots: container.files.filter(({ rootFile }) => rootFile).map(({ name }) => name),
      types: Object.fromEntries(container.files.map(({ name, mimeType }) => [name, mimeType])),
    };
  } finally {
    await container.close();
  }
}

const raw = (wish: RawContainer) => rawContainer(signer, wish);
const changed = changedSignature;

const refused = (code: string) => expect.objectContaining({ name: 'AsiceError', code });

describe('what we write', () => {
  it('is read back with names, types and signer', async () => {
    const container = await written([
      { name: 'arkivmelding.xml', content: Buffer.from('<a/>') },
      { name: 'A\u030arsrapport.pdf', content: Readable.from([Buffer.from('%PDF'), Buffer.from('-1.7')]) },
      { name: 'vedlegg/tom.bin', content: Buffer.alloc(0), mimeType: 'application/x-test' },
    ]);
    expect(await read(container)).toEqual({
      signers: ['CN=Signer AS'],
      files: { 'arkivmelding.xml': '<a/>', 'Årsrapport.pdf': '%PDF-1.7', 'vedlegg/tom.bin': '' },
      roots: ['arkivmelding.xml'],
      types: {
        'arkivmelding.xml': 'application/xml',
        'Årsrapport.pdf': 'application/pdf',
        'vedlegg/tom.bin': 'application/x-test',
      },
    });
  });

  it('has the layout of the Java client: stored mimetype first, OASIS manifest last, comment', async () => {
    const container = await written([{ name: 'a.txt', content: Buffer.from('a') }]);
    expect(container.subarray(30, 38).toString()).toBe('mimetype');
    expect(container.readUInt16LE(8)).toBe(0);
    const text = container.toString('latin1');
    expect(text.indexOf('META-INF/manifest.xml')).toBeGreaterThan(text.indexOf('.p7s'));
    expect(text.endsWith('mimetype=application/vnd.etsi.asic-e+zip')).toBe(true);
    expect(text).toContain('xmlns:asic="http://uri.etsi.org/02918/v1.2.1#"');
    expect(text).toContain('http://www.w3.org/2001/04/xmlenc#sha256');
  });

  it('passes through a temporary file when large, and leaves nothing there', async () => {
    const content = randomBytes(6_000_000);
    const container = await written([{ name: 'stor.bin', content: Readable.from([content]) }]);
    const opened = await openAsice(Readable.from([container]), { temporaryFolder: folder });
    for await (const { body } of opened.entries())
      expect(
        createHash('sha256')
          .update(await collect(body))
          .digest(),
      ).toEqual(createHash('sha256').update(content).digest());
    await opened.close();
    expect(await readdir(folder)).toEqual([]);
    const path = join(folder, 'stor.asice');
    await writeFile(path, container);
    expect(Object.keys((await read(path)).files)).toEqual(['stor.bin']);
    await rm(path);
  });

  it('can be left early, and verifies what is not read', async () => {
    const container = await written([
      { name: 'a.txt', content: Buffer.from('a') },
      { name: 'b.txt', content: Buffer.alloc(200_000, 'b') },
    ]);
    const opened = await openAsice(Readable.from([container]));
    const names: string[] = [];
    for await (const { name, body } of opened.entries()) {
      names.push(name);
      if (name === 'a.txt') body.destroy();
    }
    expect(names).toEqual(['a.txt', 'b.txt']);
    for await (const { name } of opened.entries()) {
      expect(name).toBe('a.txt');
      break;
    }
    await opened.close();
  });

  it.each([
    ['../x', 'bad_name'],
    ['/etc/passwd', 'bad_name'],
    ['C:\\x.txt', 'bad_name'],
    ['META-INF/x', 'bad_name'],
    ['mimetype', 'bad_name'],
    ['', 'bad_name'],
    ['a.txt', 'duplicate_name'],
  ])('refuses the name %j', async (name, code) => {
    const content = Buffer.from('x');
    await expect(
      written([
        { name: 'A.txt', content },
        { name, content },
      ]),
    ).rejects.toEqual(refused(code));
  });

  it('refuses a signer whose parts are no pair, nothing to send, and a stream that breaks', async () => {
    const other = await createSigner('Other');
    expect(() => writeAsice([], { ...signer, privateKeyPem: other.privateKeyPem })).toThrow(
      refused('bad_signer'),
    );
    await expect(written([])).rejects.toEqual(refused('no_files'));
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('x');
        throw new Error('disk gone');
      })(),
    );
    await expect(written([{ name: 'a.txt', content: broken }])).rejects.toThrow('disk gone');
    const waiting = createReadStream(join(folder, 'finnes-ikke'));
    await expect(
      written([
        { name: 'a.txt', content: Readable.from([Buffer.alloc(1_000_000)]) },
        { name: 'b.txt', content: waiting },
      ]),
    ).rejects.toMatchObject({ code: 'ENOENT' });
    const never = Readable.from([Buffer.from('x')]);
    writeAsice([{ name: 'a.txt', content: never }], signer).destroy();
    await expect.poll(() => never.destroyed).toBe(true);
  });
});

describe('what others write', () => {
  it('commons-asic 0.9.2: SHA-1 signature', async () => {
    const { files, roots, signers } = await read(join(VECTORS, 'commons-asic-0.9.2.asice'));
    expect(files).toEqual({
      'arkivmelding.xml': '<a/>',
      'Årsrapport æøå.pdf': '%PDF-1.4 liten',
      'mappe/notat.txt': 'hei',
    });
    expect(roots).toEqual(['arkivmelding.xml']);
    expect(signers).toHaveLength(1);
  });

  it('the Java client, encrypted', async () => {
    const keys = [
      {
        privateKeyPem: await readFile(join(VECTORS, 'receiver-key.pem'), 'utf8'),
        certificatePem: await readFile(join(VECTORS, 'receiver-certificate.pem'), 'utf8'),
      },
    ];
    const message = await readFile(join(VECTORS, 'fiks-io-asice-handler-2.4.1.p7m'));
    const { files } = await read(decryptCms(Readable.from([message]), keys));
    expect(files).toEqual({ 'arkivmelding.xml': '<a/>', 'Årsrapport æøå.pdf': '%PDF-1.4 liten' });
  });

  it('our own, encrypted by us', async () => {
    const plain = writeAsice([{ name: 'a.txt', content: Buffer.from('a') }], signer);
    const message = encryptCms(plain, [signer.certificatePem], { transport: 'oaep' });
    expect((await read(decryptCms(message, [signer]))).files).toEqual({ 'a.txt': 'a' });
  });

  it.each<[string, RawContainer]>([
    [
      '.NET: other namespace and digest URI',
      {
        namespace: 'http://uri.etsi.org/2918/v1.2.1#',
        digestUri: 'http://www.w3.org/2000/09/xmldsig#sha256',
      },
    ],
    ['the oldest namespace', { namespace: 'http://uri.etsi.org/02918/v1.1.1#' }],
    ['SHA-512', { digest: 'sha512' }],
    ['another spelling of META-INF', { manifestName: 'meta-inf/ASiCManifest.xml' }],
    [
      'names composed in one place and decomposed in the other',
      { files: { 'A\u030arsak.json': '{}' }, references: { 'Årsak.json': '{}' } },
    ],
    [
      'escaped names in the manifest',
      { files: { 'år 1.json': '{}' }, references: { '%C3%A5r%201.json': '{}' } },
    ],
    [
      'two signers of one key',
      { signature: (bytes) => changed(bytes, (data) => data.signerInfos.push(data.signerInfos[0]!)) },
    ],
    [
      'a XAdES signature beside',
      { extra: [{ name: 'META-INF/signatures.xml', content: Buffer.from('<x/>') }] },
    ],
    ['folders', { extra: [{ name: 'META-INF/', content: Buffer.alloc(0) }] }],
  ])('%s', async (_name, wish) => {
    const { files, signers } = await read(await raw(wish));
    expect(Object.values(files)).toEqual(['{}']);
    expect(signers).toEqual(['CN=Signer AS']);
  });
});

describe('what is refused', () => {
  it.each<[string, string, RawContainer]>([
    ['a changed file', 'digest_mismatch', { references: { 'payload.json': '[]' } }],
    ['a file nobody signed', 'unsigned_file', { references: {} }],
    ['a file that is gone', 'missing_file', { references: { 'payload.json': '{}', 'mer.json': '{}' } }],
    ['no signature', 'missing_signature', { signed: false }],
    ['a signature of something else', 'bad_signature', { signature: () => Buffer.from('30800000', 'hex') }],
    [
      'a changed signature',
      'bad_signature',
      { signature: (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.of(bytes.at(-1)! ^ 1)]) },
    ],
    [
      'a signature without signers',
      'bad_signature',
      { signature: (bytes) => changed(bytes, (data) => data.signerInfos.splice(0)) },
    ],
    [
      'a signature without certificate',
      'bad_signature',
      { signature: (bytes) => changed(bytes, (data) => data.certificates?.splice(0)) },
    ],
    [
      'an unknown file under META-INF',
      'unknown_metadata',
      { extra: [{ name: 'META-INF/x.txt', content: Buffer.of(1) }] },
    ],
    [
      'a signature of no manifest',
      'missing_signature',
      { extra: [{ name: 'META-INF/signature-2.p7s', content: Buffer.of(1) }] },
    ],
    ['another mimetype', 'wrong_mimetype', { mimetype: 'application/zip' }],
    ['a name that leads out', 'bad_name', { files: { '../../x.json': '{}' } }],
    ['an absolute name', 'bad_name', { files: { '/x.json': '{}' } }],
    ['two files of one name', 'duplicate_name', { extra: [{ name: 'payload.json', content: Buffer.of(1) }] }],
    ['a DTD', 'bad_manifest', { manifest: (xml) => `<!DOCTYPE a [<!ENTITY e "x">]>${xml}` }],
    ['XML that ends too early', 'bad_manifest', { manifest: (xml) => xml.slice(0, -4) }],
    ['another root', 'bad_manifest', { namespace: 'urn:x' }],
    [
      'SHA-1 of a file',
      'unsupported_algorithm',
      { digest: 'sha1', digestUri: 'http://www.w3.org/2000/09/xmldsig#sha1' },
    ],
    [
      'deep XML',
      'bad_manifest',
      { manifest: (xml) => xml.replace('</a:ASiCManifest>', `${'<x>'.repeat(5000)}`) },
    ],
  ])('%s', async (_name, code, wish) => {
    await expect(read(await raw(wish))).rejects.toEqual(refused(code));
  });

  it('a container by another signer’s certificate', async () => {
    const other = prepareSigner(await createSigner('Signer AS'));
    const container = await raw({
      signature: (bytes) => changed(bytes, (data) => data.certificates?.splice(0, 1, other.leaf)),
    });
    await expect(read(container)).rejects.toEqual(refused('bad_signature'));
  });

  it('encrypted entries and unknown packing', async () => {
    for (const [offset, value] of [
      [8, 1],
      [10, 12],
    ] as const) {
      const container = await raw({});
      const central = container.indexOf(Buffer.from('504b0102', 'hex'));
      container.writeUInt16LE(container.readUInt16LE(central + offset) | value, central + offset);
      await expect(read(container)).rejects.toEqual(refused('unsupported_entry'));
    }
  });

  it('bombs, by ratio, by size and by what they claim', async () => {
    const bomb = await raw({ extra: [{ name: 'a.txt', content: zeros(100), deflateLevel: 9 }] });
    expect(bomb.length).toBeLessThan(1_000_000);
    await expect(read(bomb)).rejects.toEqual(refused('zip_bomb'));
    await expect(read(bomb, { maxUncompressedBytes: 50_000_000 })).rejects.toEqual(refused('too_large'));
    await expect(read(bomb, { maxContainerBytes: 1000 })).rejects.toEqual(refused('too_large'));
    await expect(read(bomb, { maxEntries: 3 })).rejects.toEqual(refused('too_many_entries'));
    await expect(read(bomb, { maxRatio: undefined })).rejects.toEqual(refused('zip_bomb'));
    // It claims to be small.
    const small = await raw({ files: { 'a.txt': 'x'.repeat(5000) } });
    const central = small.indexOf(Buffer.from('504b0102', 'hex'));
    const entry = small.indexOf(Buffer.from('504b0102', 'hex'), central + 4);
    small.writeUInt32LE(1000, entry + 24);
    await expect(read(small)).rejects.toEqual(refused('not_a_container'));
  });

  it('what is no ZIP, or a cut one', async () => {
    await expect(read(Buffer.from('hello'))).rejects.toEqual(refused('not_a_container'));
    await expect(read(Buffer.alloc(0))).rejects.toEqual(refused('not_a_container'));
    const whole = await raw({});
    await expect(read(whole.subarray(0, -30))).rejects.toEqual(refused('not_a_container'));
  });

  it('unsigned containers are read when that is wished, and unknown metadata passed over', async () => {
    const unsigned = await raw({ signed: false });
    expect((await read(unsigned, { requireSignature: false })).signers).toEqual([]);
    const changedFile = await raw({ signed: false, references: { 'payload.json': '[]' } });
    await expect(read(changedFile, { requireSignature: false })).rejects.toEqual(refused('digest_mismatch'));
    const unknown = await raw({ extra: [{ name: 'META-INF/x.txt', content: Buffer.of(1) }] });
    expect(Object.keys((await read(unknown, { allowUnknownMetadata: true })).files)).toEqual([
      'payload.json',
    ]);
  });
});

async function* zeros(megabytes: number): AsyncGenerator<Buffer> {
  const chunk = Buffer.alloc(1_000_000);
  for (let at = 0; at < megabytes; at++) yield chunk;
}
