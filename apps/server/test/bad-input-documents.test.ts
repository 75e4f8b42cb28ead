import { createSelfSigned, encryptCms } from '@grunnmur/kernel/crypto';
import { samplePdf } from '@grunnmur/post/sample-pdf';
import { deflatedZeros, pdfkitPdf, xrefStreamPdf } from '@grunnmur/post/test/pdf-files';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './harness.ts';
import { expectHealthy, expectRefusal, leavesNothing, quiet, type Refusal } from './refusals.ts';
import {
  type Answer,
  MULTIPART,
  multipart,
  type Part,
  partsOf,
  type SendFace,
  type SentFile,
  type SentLetter,
  sendFaces,
  sendParts,
  sendRaw,
} from './send-faces.ts';

const PDF = samplePdf({ bytes: 20_000 });
const FILE: SentFile = { name: 'brev.pdf', bytes: PDF };
const INVALID = { status: 400, code: 'UGYLDIG_INNHOLD' } as const;
const UNREADABLE = { status: 400, code: 'ULESELIG_DOKUMENT' } as const;
const BAD_MULTIPART = { status: 400, code: 'UGYLDIG_MULTIPART' } as const;

describe('documents that cannot be taken', () => {
  let test: TestServer;
  let faces: SendFace[];

  beforeAll(async () => {
    test = await startTestServer({ MAX_PRINTABLE_MB: '1', MAX_DIGITAL_MB: '2' });
    faces = sendFaces(test);
    for (const face of faces) {
      const good = await send(face, { files: [FILE] });
      expect(good.status, good.text).toBe(200);
    }
    await quiet(test);
  });
  afterAll(() => test.stop());

  const send = (face: SendFace, letter: SentLetter, files = letter.files) =>
    sendParts(face, partsOf(face.metadata(letter), files));

  async function refused(call: (face: SendFace) => Promise<Answer>, refusal: Refusal): Promise<void> {
    await leavesNothing(test, async () => {
      for (const face of faces) expectRefusal(face.name, await call(face), refusal);
    });
  }

  describe('the parts of the message', () => {
    const other: SentFile = { name: 'kart.pdf', bytes: PDF };
    const files = [FILE, other];

    it('refuses a letter whose document is missing, though others came', () =>
      refused((face) => send(face, { files }, [FILE]), {
        ...INVALID,
        says: ['kart.pdf', 'mangler i meldingen'],
      }));

    it('refuses a document that the metadata does not know, though others were stored', () =>
      refused((face) => send(face, { files: [FILE] }, files), {
        ...INVALID,
        says: ['kart.pdf', 'finnes ikke i metadata'],
      }));

    it('refuses documents in another order', () =>
      refused((face) => send(face, { files }, [other, FILE]), { ...INVALID, says: ['annen rekkefølge'] }));

    it('refuses a second part with the same file name', () =>
      refused((face) => send(face, { files: [FILE] }, [FILE, FILE]), {
        ...INVALID,
        says: ['finnes ikke i metadata'],
      }));

    it('refuses a part without a file name', () =>
      refused(
        (face) => {
          const [letter] = partsOf(face.metadata({ files: [FILE] }), []);
          return sendParts(face, [letter!, { name: 'filer', body: PDF }]);
        },
        { ...INVALID, says: ['uten filnavn'] },
      ));

    it('does not take a path in the name of a part for the document', () =>
      refused((face) => send(face, { files: [FILE] }, [{ name: '../../brev.pdf', bytes: PDF }]), {
        ...INVALID,
        says: ['finnes ikke i metadata'],
      }));

    it('refuses a name with bytes that no client writes', () =>
      refused((face) => {
        const [letter] = partsOf(face.metadata({ files: [FILE] }), []);
        const filename = Buffer.from('brev\0.pdf');
        return sendParts(face, [letter!, { name: 'filer', filename, body: PDF }]);
      }, INVALID));

    it('refuses a message that begins with a document', () =>
      refused((face) => sendParts(face, partsOf(face.metadata({ files: [FILE] }), [FILE]).reverse()), {
        ...INVALID,
        says: ['forsendelse', 'første del'],
      }));

    it('refuses 10,000 parts', () => {
      const parts: Part[] = Array.from({ length: 10_000 }, (_, nr) => ({
        name: 'filer',
        filename: `${nr}.pdf`,
        body: '%',
      }));
      return refused(
        (face) => {
          const [letter] = partsOf(face.metadata({ files: [] }), []);
          return sendParts(face, [letter!, ...parts]);
        },
        // Which of the two is seen first depends on how the bytes arrive.
        { status: 400, code: /UGYLDIG_(INNHOLD|MULTIPART)/ },
      );
    });

    it('refuses more parts than a letter may have, after storing the rest', () => {
      const bytes = Buffer.from('x');
      const many = Array.from({ length: 501 }, (_, nr) => ({ name: `${nr}.txt`, bytes, type: 'text/plain' }));
      const letter = { files: many.slice(0, 500), kunDigitalLevering: true };
      return refused((face) => send(face, letter, many), { ...BAD_MULTIPART, says: ['501 deler'] });
    });

    it('refuses a metadata part of more than a megabyte', () =>
      refused(
        (face) => sendParts(face, [{ name: 'forsendelse', body: `{"tittel":"${'a'.repeat(1_100_000)}"}` }]),
        {
          status: 413,
          code: 'FOR_STOR',
        },
      ));
  });

  describe('a message that is not well formed', () => {
    const cases: { name: string; body: (good: Buffer<ArrayBuffer>) => Buffer<ArrayBuffer>; type?: string }[] =
      [
        { name: 'JSON', body: () => Buffer.from('{}'), type: 'application/json' },
        { name: 'no boundary', body: (good) => good, type: 'multipart/form-data' },
        { name: 'another boundary', body: (good) => good, type: 'multipart/form-data; boundary=annen' },
        { name: 'no end', body: (good) => good.subarray(0, -40) },
        { name: 'nothing', body: () => Buffer.alloc(0) },
        {
          name: 'noise',
          body: () => Buffer.from(Array.from({ length: 5000 }, (_, nr) => (nr * 7919) % 256)),
        },
      ];

    it.each(cases)('$name', ({ body, type = MULTIPART }) =>
      refused((face) => {
        const good = multipart(partsOf(face.metadata({ files: [FILE] }), [FILE]));
        return sendRaw(face, body(good), { 'content-type': type });
      }, BAD_MULTIPART),
    );
  });

  describe('the documents themselves', () => {
    it('refuses an empty one, with the words clients know, though the one before it was good', () =>
      refused((face) => send(face, { files: [FILE, { name: 'tom.pdf', bytes: Buffer.alloc(0) }] }), {
        status: 400,
        code: 'TOMT_DOKUMENT',
        says: ['Kan ikke lagre tomt dokument: tom.pdf'],
      }));

    it('refuses one protected with a password', async () => {
      const bytes = await pdfkitPdf({ userPassword: 'hemmelig' });
      await refused((face) => send(face, { files: [{ name: 'låst.pdf', bytes }] }), {
        status: 400,
        code: 'BESKYTTET_DOKUMENT',
        says: ['Feil under lesing av låst.pdf', 'passord'],
      });
    });

    const bad: { name: string; bytes: () => Uint8Array }[] = [
      { name: 'that is text', bytes: () => Buffer.from('ikke en PDF') },
      { name: 'that was cut', bytes: () => PDF.subarray(0, 300) },
      { name: 'that unpacks to 300 MB', bytes: () => xrefStreamPdf(deflatedZeros(300), '/FlateDecode') },
    ];
    it.each(bad)('refuses a PDF $name', async ({ bytes }) => {
      const file = { name: 'brev.pdf', bytes: bytes() };
      await refused((face) => send(face, { files: [file] }), {
        ...UNREADABLE,
        says: ['Feil under lesing av brev.pdf'],
      });
    });

    it('refuses a giro page that the PDF does not have', () =>
      refused(
        (face) => {
          const metadata = face.metadata({ files: [FILE] });
          Object.assign((metadata.dokumenter as object[])[0]!, { giroarkSider: [7] });
          return sendParts(face, partsOf(metadata, [FILE]));
        },
        { ...UNREADABLE, says: ['giroarkSider'] },
      ));

    it('inspects PDFs that are never printed too', () =>
      refused(
        (face) =>
          send(face, { files: [{ name: 'brev.pdf', bytes: Buffer.from('nei') }], kunDigitalLevering: true }),
        UNREADABLE,
      ));
  });

  describe('size', () => {
    const large: SentFile = { name: 'stor.pdf', bytes: samplePdf({ bytes: 1_200_000 }) };

    it('refuses more than the printable limit, whether in one document or several', async () => {
      const tooLarge = { status: 413, code: 'FOR_STOR', says: ['1000000'] };
      await refused((face) => send(face, { files: [large] }), tooLarge);
      const half: SentFile = { name: 'a.pdf', bytes: samplePdf({ bytes: 600_000 }) };
      await refused((face) => send(face, { files: [half, { ...half, name: 'b.pdf' }] }), tooLarge);
    });

    it('takes the same letter when it is digital only, up to the digital limit', async () => {
      for (const face of faces) {
        const answer = await send(face, { files: [large], kunDigitalLevering: true });
        expect(answer.status, answer.text).toBe(200);
      }
      await quiet(test);
      const huge: SentFile = { name: 'svær.pdf', bytes: samplePdf({ bytes: 2_100_000 }) };
      await refused((face) => send(face, { files: [huge], kunDigitalLevering: true }), {
        status: 413,
        code: 'FOR_STOR',
        says: ['2000000'],
      });
    });
  });

  describe('encrypted documents', () => {
    const sealed = async (certificate: string, bytes: Uint8Array = PDF): Promise<Buffer> => {
      const chunks: Buffer[] = [];
      const source = (async function* () {
        yield bytes;
      })();
      for await (const chunk of encryptCms(source, [certificate], { transport: 'oaep' }))
        chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    };
    const letter = (bytes: Uint8Array): SentLetter => ({
      files: [{ name: 'hemmelig.pdf', bytes }],
      kryptert: true,
      krevNiva4Innlogging: true,
    });
    const undecryptable = {
      status: 400,
      code: 'KAN_IKKE_DEKRYPTERES',
      says: ['Feil under lesing av hemmelig.pdf'],
    };
    let platform: string;
    beforeAll(async () => {
      platform = await (await fetch(`${test.baseUrl}/forsendelse/publickey/hent`)).text();
    });

    it('takes one that is encrypted for us, at level 4', async () => {
      const bytes = await sealed(platform);
      for (const face of faces) {
        const answer = await send(face, letter(bytes));
        expect(answer.status, answer.text).toBe(200);
      }
      await quiet(test);
    });

    it('refuses noise, plain PDF and one encrypted for somebody else', async () => {
      const stranger = await createSelfSigned({
        commonName: 'Fremmed',
        notAfter: new Date(Date.now() + 86_400_000),
      });
      for (const bytes of [Buffer.from('støy'), PDF, await sealed(stranger.certificatePem)])
        await refused((face) => send(face, letter(bytes)), undecryptable);
    });

    it('refuses one that was cut, wherever', async () => {
      const bytes = await sealed(platform);
      for (const length of [1, 20, 400, 600, Math.floor(bytes.length / 2), bytes.length - 1])
        await refused((face) => send(face, letter(bytes.subarray(0, length))), undecryptable);
    });

    // Whoever could tell a broken padding from a broken PDF could decrypt other people's documents bit by bit.
    it('answers alike when the content is no PDF, locked or empty', async () => {
      const locked = await pdfkitPdf({ userPassword: 'hemmelig' });
      for (const content of [Buffer.from('ikke en PDF'), locked, Buffer.alloc(0)]) {
        const bytes = await sealed(platform, content);
        await refused((face) => send(face, letter(bytes)), undecryptable);
      }
    });
  });

  it('is still well afterwards', () => expectHealthy(test));
});
