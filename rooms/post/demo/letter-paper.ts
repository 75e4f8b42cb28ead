import PDFDocument from 'pdfkit';

/** The sending organisation as it stands on its paper. */
export interface Letterhead {
  readonly name: string;
  readonly orgnr: string;
  /** Department, below the name. */
  readonly unit?: string;
  readonly address: readonly string[];
  readonly phone: string;
  readonly email: string;
  /** Of the mark and the line, `#rrggbb`; at least 4.5:1 against white. */
  readonly colour: string;
}

export interface LetterText {
  readonly title: string;
  /** A line that begins with `# ` is a heading, with `- ` an item of a list. */
  readonly paragraphs: readonly string[];
  /** Number of the case, e.g. `2026/1043`. */
  readonly reference?: string;
  readonly caseworker?: string;
  /** Name and address in the window; left out for attachments. */
  readonly recipient?: readonly string[];
  /** Rows of label and amount, with a total in the last one. */
  readonly amounts?: readonly (readonly [label: string, amount: string])[];
}

export interface PaperOptions {
  readonly from: Letterhead;
  readonly language: 'nb' | 'nn';
  readonly date: Date;
}

const MARGIN = 68;
const WIDTH = 595.28 - 2 * MARGIN;
const WORDS = {
  nb: {
    reference: 'Vår ref.',
    date: 'Dato',
    caseworker: 'Saksbehandler',
    orgnr: 'Org.nr.',
    greeting: 'Vennlig hilsen',
  },
  nn: {
    reference: 'Vår ref.',
    date: 'Dato',
    caseworker: 'Saksbehandlar',
    orgnr: 'Org.nr.',
    greeting: 'Venleg helsing',
  },
} as const;

/**
 * A letter on the organisation's paper: tagged PDF with language and title, in the built-in fonts, whose letters (WinAnsi)
 * are those of bokmål and nynorsk.
 */
export async function letterPaper(text: LetterText, options: PaperOptions): Promise<Buffer> {
  const { from, language, date } = options;
  const doc = new PDFDocument({
    size: 'A4',
    margins: { top: 54, bottom: 90, left: MARGIN, right: MARGIN },
    pdfVersion: '1.7',
    tagged: true,
    displayTitle: true,
    bufferPages: true,
    lang: language === 'nb' ? 'nb-NO' : 'nn-NO',
    info: { Title: text.title, Author: from.name, CreationDate: date, ModDate: date },
  });
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  const written = new Promise<void>((resolve, reject) => doc.once('end', resolve).once('error', reject));
  const root = doc.struct('Document');
  doc.addStructure(root);
  const add = (tag: string, draw: () => void) => root.add(doc.struct(tag, {}, draw));
  head(doc, add, text, options);
  body(doc, add, text, options);
  foot(doc, from, language);
  root.end();
  doc.end();
  await written;
  return Buffer.concat(chunks);
}

type Doc = PDFKit.PDFDocument;
type Add = (tag: string, draw: () => void) => void;

function head(doc: Doc, add: Add, text: LetterText, { from, language, date }: PaperOptions): void {
  doc.markContent('Artifact', { type: 'Layout' });
  mark(doc, from.colour);
  doc.endMarkedContent();
  add('P', () => {
    doc
      .fillColor('#1a1a1a')
      .font('Helvetica-Bold')
      .fontSize(15)
      .text(from.name, MARGIN + 40, 56);
    if (from.unit)
      doc
        .font('Helvetica')
        .fontSize(10)
        .text(from.unit, MARGIN + 40, 76);
  });
  // The built-in fonts cannot write the letters of every name; the front page of a printed letter can.
  const recipient = text.recipient?.filter(isWinAnsi);
  // Where the window of an envelope is (NS 4129): the first fold's left half.
  if (recipient)
    add('P', () =>
      doc.font('Helvetica').fontSize(10.5).text(recipient.join('\n'), MARGIN, 128, { lineGap: 2 }),
    );
  const words = WORDS[language];
  const day = new Intl.DateTimeFormat(language === 'nb' ? 'nb-NO' : 'nn-NO', {
    dateStyle: 'long',
    timeZone: 'Europe/Oslo',
  }).format(date);
  const rows = [
    [words.date, day],
    ...(text.reference ? [[words.reference, text.reference]] : []),
    ...(text.caseworker ? [[words.caseworker, text.caseworker]] : []),
  ];
  add('P', () =>
    doc
      .font('Helvetica')
      .fontSize(9.5)
      .fillColor('#404040')
      .text(rows.map(([label, value]) => `${label}: ${value}`).join('\n'), 360, 128, {
        lineGap: 3,
        width: 170,
      }),
  );
  doc.fillColor('#1a1a1a');
  doc.x = MARGIN;
  doc.y = recipient ? 226 : 150;
}

function isWinAnsi(text: string): boolean {
  return /^[\u0020-\u007e\u00a0-\u00ffŠšŽžŒœŸ–—‘’“”•…€]*$/u.test(text);
}

/** A shield of our own: no real municipality's. */
function mark(doc: Doc, colour: string): void {
  doc.save().translate(MARGIN, 50);
  doc.path('M0 0 H28 V20 C28 30 20 36 14 38 C8 36 0 30 0 20 Z').fill(colour);
  doc.path('M4 24 L10 14 L14 20 L19 11 L24 24 Z').fill('#ffffff');
  doc.restore();
}

function body(doc: Doc, add: Add, text: LetterText, { from, language }: PaperOptions): void {
  add('H1', () => doc.font('Helvetica-Bold').fontSize(15).text(text.title, { width: WIDTH }));
  doc.moveDown(0.8);
  for (const paragraph of text.paragraphs) {
    if (paragraph.startsWith('# ')) {
      doc.moveDown(0.3);
      add('H2', () => doc.font('Helvetica-Bold').fontSize(11.5).text(paragraph.slice(2), { width: WIDTH }));
      doc.moveDown(0.3);
      continue;
    }
    const item = paragraph.startsWith('- ');
    const words = item ? `\u2022  ${paragraph.slice(2)}` : paragraph;
    add('P', () =>
      doc
        .font('Helvetica')
        .fontSize(10.5)
        .text(words, MARGIN + (item ? 12 : 0), doc.y, {
          width: WIDTH - (item ? 12 : 0),
          lineGap: 3,
        }),
    );
    doc.x = MARGIN;
    doc.moveDown(item ? 0.25 : 0.7);
  }
  if (text.amounts) amounts(doc, add, text.amounts);
  if (!text.recipient) return;
  doc.moveDown(0.8);
  const signed = [WORDS[language].greeting, text.caseworker, from.unit ?? from.name]
    .filter(Boolean)
    .join('\n');
  add('P', () =>
    doc.font('Helvetica').fontSize(10.5).text(signed, MARGIN, doc.y, { lineGap: 3, width: WIDTH }),
  );
}

function amounts(doc: Doc, add: Add, rows: NonNullable<LetterText['amounts']>): void {
  for (const [index, [label, amount]] of rows.entries()) {
    const last = index === rows.length - 1;
    const y = doc.y;
    add('P', () => {
      doc
        .font(last ? 'Helvetica-Bold' : 'Helvetica')
        .fontSize(10.5)
        .text(label, MARGIN, y, { width: 320 });
      doc.text(amount, MARGIN + 320, y, { width: WIDTH - 320, align: 'right' });
    });
    doc.x = MARGIN;
    doc.moveDown(0.35);
  }
}

/** The same on each page in print shops; here on the first. An artifact: read once, at the top, is enough. */
function foot(doc: Doc, from: Letterhead, language: 'nb' | 'nn'): void {
  doc.switchToPage(0);
  doc.markContent('Artifact', { type: 'Pagination', attached: ['Bottom'] });
  doc.page.margins.bottom = 0;
  doc
    .moveTo(MARGIN, 772)
    .lineTo(MARGIN + WIDTH, 772)
    .lineWidth(1)
    .stroke(from.colour);
  const lines = [
    `${from.name}  |  ${from.address.join(', ')}`,
    `${from.phone}  |  ${from.email}  |  ${WORDS[language].orgnr} ${from.orgnr.replace(/(\d{3})(?=\d)/g, '$1 ')}`,
  ];
  doc
    .font('Helvetica')
    .fontSize(8)
    .fillColor('#404040')
    .text(lines.join('\n'), MARGIN, 780, { width: WIDTH, lineGap: 2 });
  doc.endMarkedContent();
}
