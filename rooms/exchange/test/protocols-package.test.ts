import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { writeAsice } from '@grunnmur/exchange-client/asice';
import { createSelfSigned } from '@grunnmur/kernel/crypto';
import { describe, expect, it } from 'vitest';
import { type Entry, fromBuffer } from 'yauzl';
import { ZipFile } from 'yazl';
import { validatePackage } from '../protocols/validate-package.ts';
import { JSON_EKSEMPLER } from './protocols-messages-json.ts';

const TYPE = 'no.ks.fiks.plan.v2.oppdatering.dispensasjon.registrer';
const { riktig, feil } = JSON_EKSEMPLER.get(TYPE)!;
const signer = await createSelfSigned({
  commonName: 'Fagsystem',
  notAfter: new Date(Date.now() + 30 * 86_400_000),
});

async function beholder(filer: Readonly<Record<string, string>>): Promise<Buffer> {
  const files = Object.entries(filer).map(([name, innhold]) => ({ name, content: Buffer.from(innhold) }));
  return buffer(writeAsice(files, signer));
}

/** Packs a container anew with other content; entries without content are left out. */
async function rezip(
  bytes: Buffer,
  change: (navn: string, innhold: Buffer) => Buffer | undefined,
  mer: Readonly<Record<string, string>> = {},
): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [navn, innhold] of await unzip(bytes)) {
    const nytt = change(navn, innhold);
    if (nytt) zip.addBuffer(nytt, navn, { compress: false });
  }
  for (const [navn, innhold] of Object.entries(mer)) zip.addBuffer(Buffer.from(innhold), navn);
  zip.end();
  return buffer(zip.outputStream as Readable);
}

function unzip(bytes: Buffer): Promise<[string, Buffer][]> {
  return new Promise((resolve, reject) => {
    const filer: [string, Buffer][] = [];
    fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      zip.on('end', () => resolve(filer));
      zip.on('entry', (entry: Entry) => {
        zip.openReadStream(entry, async (_, stream) => {
          filer.push([entry.fileName, await buffer(stream)]);
          zip.readEntry();
        });
      });
      zip.readEntry();
    });
  });
}

async function sjekk(bytes: Uint8Array, now?: Date) {
  async function* source() {
    yield bytes;
  }
  const pakke = { metadata: { meldingstype: TYPE }, payload: { beholder: source() } };
  return validatePackage(pakke, now ? { now } : {});
}

const regler = (rapport: Awaited<ReturnType<typeof sjekk>>) =>
  rapport.funn.map(({ alvor, regel, sti }) => `${alvor} ${regel} ${sti}`);

describe('containers', () => {
  it('checks structure, signature and documents', async () => {
    const rapport = await sjekk(
      await beholder({ 'payload.json': JSON.stringify(riktig), 'kart.pdf': '%PDF' }),
    );
    expect(rapport).toMatchObject({
      gyldig: true,
      funn: [],
      filer: [{ navn: 'payload.json' }, { navn: 'kart.pdf', storrelse: 4 }],
      signert: [{ subjectDN: expect.stringContaining('Fagsystem') }],
    });
  });

  it('tells what is wrong with the documents', async () => {
    const rapport = await sjekk(await beholder({ 'payload.json': JSON.stringify(feil) }));
    expect(regler(rapport)).toEqual(['feil mangler payload.json:/dispensasjon']);
    expect(regler(await sjekk(await beholder({ 'kart.pdf': '%PDF' })))).toEqual(['feil fil-mangler payload']);
  });

  it('tells what is wrong with the container', async () => {
    expect(regler(await sjekk(Buffer.from('ikke zip')))).toEqual(['feil not-a-container beholder']);
    const rett = await beholder({ 'payload.json': JSON.stringify(riktig), 'notat.txt': 'En setning' });
    expect(regler(await sjekk(rett.subarray(0, rett.length - 200)))).toEqual([
      'feil not-a-container beholder',
    ]);
    const endret = await rezip(rett, (navn, innhold) =>
      navn === 'notat.txt' ? Buffer.from('En annen setning') : innhold,
    );
    expect(regler(await sjekk(endret))).toEqual(['feil digest-mismatch notat.txt']);
    const mer = await rezip(rett, (_, innhold) => innhold, { 'gjemt.txt': 'x' });
    expect(regler(await sjekk(mer))).toEqual(['feil unsigned-file gjemt.txt']);
  });

  it('reads on in a container that nobody has signed', async () => {
    const bytes = await rezip(await beholder({ 'payload.json': JSON.stringify(feil) }), (navn, innhold) =>
      navn.startsWith('META-INF/') ? undefined : innhold,
    );
    expect(regler(await sjekk(bytes))).toEqual([
      'feil missing-signature beholder',
      'feil mangler payload.json:/dispensasjon',
    ]);
  });

  it('warns of a certificate that is not valid now', async () => {
    const bytes = await beholder({ 'payload.json': JSON.stringify(riktig) });
    const rapport = await sjekk(bytes, new Date(Date.now() + 90 * 86_400_000));
    expect(rapport.gyldig).toBe(true);
    expect(regler(rapport)).toEqual(['advarsel sertifikat-gyldighet beholder']);
  });

  it('checks files without a container, and messages without a payload', async () => {
    const innhold = Buffer.from(JSON.stringify(riktig));
    const filer = [{ navn: 'payload.json', storrelse: innhold.length, innhold }];
    expect(await validatePackage({ metadata: { meldingstype: TYPE }, payload: { filer } })).toMatchObject({
      gyldig: true,
    });
    expect(await validatePackage({ metadata: { meldingstype: TYPE }, payload: undefined })).toMatchObject({
      gyldig: false,
      funn: [{ regel: 'payload-mangler' }],
    });
  });
});
