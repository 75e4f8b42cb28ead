import PDFDocument from 'pdfkit';

export interface LetterText {
  readonly avsender: string;
  readonly tittel: string;
  readonly avsnitt: readonly string[];
  readonly hilsen: string;
  /** BCP 47, for screen readers. */
  readonly sprak: 'nb' | 'nn';
  readonly dato: Date;
}

const MARGIN = 70;

/** A one-page tagged PDF in the built-in fonts, whose letters (WinAnsi) are those of bokmål and nynorsk. */
export async function letterPdf(text: LetterText): Promise<Buffer> {
  const doc = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    pdfVersion: '1.7',
    tagged: true,
    displayTitle: true,
    lang: text.sprak,
    info: { Title: text.tittel, Author: text.avsender, CreationDate: text.dato, ModDate: text.dato },
  });
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  const written = new Promise<void>((resolve, reject) => doc.once('end', resolve).once('error', reject));
  write(doc, text);
  doc.end();
  await written;
  return Buffer.concat(chunks);
}

function write(doc: PDFKit.PDFDocument, { avsender, tittel, avsnitt, hilsen, dato }: LetterText): void {
  const root = doc.struct('Document');
  doc.addStructure(root);
  const add = (tag: string, draw: () => void) => root.add(doc.struct(tag, {}, draw));
  const date = new Intl.DateTimeFormat('nb-NO', { dateStyle: 'long', timeZone: 'Europe/Oslo' }).format(dato);
  add('P', () => doc.font('Helvetica-Bold').fontSize(13).text(avsender));
  add('P', () => doc.font('Helvetica').fontSize(11).text(date, { align: 'right' }));
  doc.moveDown(3);
  add('H1', () => doc.font('Helvetica-Bold').fontSize(16).text(tittel));
  doc.moveDown();
  doc.fontSize(11);
  for (const paragraph of avsnitt) {
    add('P', () => doc.font('Helvetica').text(paragraph, { lineGap: 4 }));
    doc.moveDown();
  }
  add('P', () => doc.text(`${hilsen}\n${avsender}`, { lineGap: 4 }));
  root.end();
}
