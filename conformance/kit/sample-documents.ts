import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import PDFDocument from 'pdfkit';

const MB = 1_048_576;

/** Names of the documents that suites send, as they are on disk. */
export const DOCUMENTS = {
  vedtak: 'Vedtak på søknad om båtplass.pdf',
  vedlegg: 'Vedlegg æøå ÆØÅ – Kåfjord.pdf',
  locked: 'passordbeskyttet.pdf',
  big: 'stor.pdf',
  empty: 'tom.pdf',
  text: 'notat æøå.txt',
} as const;

interface Kind {
  readonly title: string;
  readonly pages?: number;
  readonly options?: PDFKit.PDFDocumentOptions;
  /** Bytes that cannot be compressed, attached to the document. */
  readonly attachment?: number;
}

/** Writes real PDF files, of one and several pages, protected and large, into a folder. */
export async function writeSampleDocuments(folder: string, bigMb: number): Promise<void> {
  await Promise.all([
    writePdf(join(folder, DOCUMENTS.vedtak), { title: 'Vedtak på søknad om båtplass' }),
    writePdf(join(folder, DOCUMENTS.vedlegg), { title: 'Vedlegg: kart over Kåfjord småbåthavn', pages: 3 }),
    writePdf(join(folder, DOCUMENTS.locked), {
      title: 'Beskyttet',
      options: { userPassword: 'hemmelig', pdfVersion: '1.7' },
    }),
    writePdf(join(folder, DOCUMENTS.big), { title: 'Stor', attachment: bigMb * MB }),
    writeFile(join(folder, DOCUMENTS.empty), ''),
    writeFile(join(folder, DOCUMENTS.text), 'Et notat med æ, ø og å.\n'),
  ]);
}

async function writePdf(file: string, { title, pages = 1, options, attachment }: Kind): Promise<void> {
  const pdf = new PDFDocument({ size: 'A4', info: { Title: title }, ...options });
  const out = pdf.pipe(createWriteStream(file));
  for (let page = 1; page <= pages; page++) {
    if (page > 1) pdf.addPage();
    pdf.fontSize(18).text(title).moveDown().fontSize(11);
    pdf.text(
      `Side ${page} av ${pages}. Dette er et oppdiktet brev til en oppdiktet mottaker: blåbærsyltetøy på kjøkkenbordet.`,
    );
  }
  if (attachment) pdf.file(randomBytes(attachment), { name: 'vedlegg.bin' });
  pdf.end();
  await finished(out);
}
