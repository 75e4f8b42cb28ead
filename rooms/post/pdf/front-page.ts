import PDFDocument from 'pdfkit';
import { type FitBox, fitText, type MeasureText } from './fit-text.ts';
import { printedLine, readFrontPageFont } from './front-page-fonts.ts';
import { FRONT_PAGE_TEXT, type FrontPageLanguage, type FrontPageText } from './front-page-text.ts';

export interface FrontPageInput {
  readonly language: FrontPageLanguage;
  readonly sender: {
    readonly name: string;
    readonly addressLines: readonly string[];
    readonly orgnr?: string;
    /** Free text below the title: a greeting, opening hours, whom to call. */
    readonly text?: string;
  };
  readonly recipient: {
    readonly name: string;
    /** In order, postal code and place last. */
    readonly addressLines: readonly string[];
    /** Only for addresses abroad; printed in upper case on a line of its own. */
    readonly country?: string;
  };
  readonly title: string;
  /** Printed as the calendar day in Norway. */
  readonly date: Date;
  /** The sender's own reference (eksternReferanse). */
  readonly reference?: string;
  readonly documents: readonly { readonly name: string; readonly pages: number }[];
}

interface Box extends FitBox {
  readonly x: number;
  readonly y: number;
}

interface Pen {
  readonly page: PDFKit.PDFDocument;
  /** Draws paragraphs into a box; answers the height taken in points. */
  draw(font: string, paragraphs: readonly string[], box: Box): number;
}

const mm = (millimetres: number) => (millimetres * 72) / 25.4;
const REGULAR = 'regular';
const BOLD = 'bold';
const MARGIN = mm(20);
const CONTENT_WIDTH = mm(170);

/**
 * What is safe to print in so that it shows whole in the left window of the Norwegian envelopes DL and C6/5 (15–115 mm
 * from the left and 39–74 mm from the top of the sheet) and C5 (15–120 and 44–79 mm), with room for the sheet to slide.
 * Nothing else may be printed at 15–120 by 35–83 mm. The first 18 mm from the left are the print shop's.
 */
const ADDRESS_BOX: Box = { x: MARGIN, y: mm(47), width: mm(85), height: mm(25), maxSize: 10, minSize: 5.5 };
const SENDER_BOX: Box = { x: MARGIN, y: mm(14), width: mm(95), height: mm(18), maxSize: 14, minSize: 8 };
/** Right of every window. */
const DETAILS_BOX: Box = { x: mm(128), y: mm(14), width: mm(62), height: mm(30), maxSize: 9, minSize: 5.5 };
const LETTER_BOX: Box = { x: mm(128), y: mm(47), width: mm(62), height: mm(32), maxSize: 9, minSize: 5.5 };
const TITLE_BOX: Box = {
  x: MARGIN,
  y: mm(98),
  width: CONTENT_WIDTH,
  height: mm(24),
  maxSize: 18,
  minSize: 9,
};
const TEXT_HEIGHT = mm(60);
const PAGE_END = mm(280);
const LIST_SIZE = 10;
const LIST_LINE = 15;
const LONGEST_NAME = 80;
const DATE = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'Europe/Oslo' } as const;

/**
 * Draws the front page of a letter for print: one A4 page, tagged, with embedded fonts. Everything that is too long is set
 * smaller, wrapped and at last shortened; nothing leaves its place. What the fonts lack is left out, never a box.
 */
export async function createFrontPage(input: FrontPageInput): Promise<Uint8Array> {
  const text = FRONT_PAGE_TEXT[input.language];
  const page = new PDFDocument({
    size: 'A4',
    margin: 0,
    tagged: true,
    pdfVersion: '1.7',
    lang: text.locale,
    displayTitle: true,
    // Else the standard Helvetica, which is not embedded, would be opened first.
    font: null as unknown as string,
    info: { Title: input.title, Author: input.sender.name, CreationDate: input.date },
  });
  const file = collect(page);
  page.registerFont(REGULAR, readFrontPageFont('regular'));
  page.registerFont(BOLD, readFrontPageFont('bold'));
  drawPage(createPen(page), input, text);
  page.end();
  return file;
}

function drawPage(pen: Pen, input: FrontPageInput, text: FrontPageText): void {
  const { page } = pen;
  const root = page.struct('Document');
  page.addStructure(root);
  const tagged = (tag: string, draw: () => void) => root.add(page.struct(tag, {}, draw));
  const { sender, recipient } = input;

  tagged('P', () => pen.draw(BOLD, [sender.name], SENDER_BOX));
  const orgnr = sender.orgnr ? [`${text.organisationNumber} ${groupDigits(sender.orgnr)}`] : [];
  tagged('P', () => pen.draw(REGULAR, [...sender.addressLines, ...orgnr], DETAILS_BOX));
  const country = recipient.country ? [recipient.country.toLocaleUpperCase(text.locale)] : [];
  tagged('P', () => pen.draw(REGULAR, [recipient.name, ...recipient.addressLines, ...country], ADDRESS_BOX));
  const day = new Intl.DateTimeFormat(text.locale, DATE).format(input.date);
  const reference = input.reference ? [`${text.reference}: ${input.reference}`] : [];
  tagged('P', () => pen.draw(REGULAR, [`${text.date}: ${day}`, ...reference], LETTER_BOX));

  let y = TITLE_BOX.y;
  tagged('H1', () => {
    y += pen.draw(BOLD, [input.title], TITLE_BOX) + mm(6);
  });
  if (sender.text) {
    const paragraphs = sender.text.split(/\r?\n/);
    const box = {
      x: MARGIN,
      y,
      width: CONTENT_WIDTH,
      height: TEXT_HEIGHT,
      maxSize: 10,
      minSize: 7,
      leading: 1.4,
    };
    tagged('P', () => {
      y += pen.draw(REGULAR, paragraphs, box) + mm(8);
    });
  }
  drawContents(pen, root, input.documents, text, y);
  root.end();
}

/** The list of documents, as many as there is room for, and the length of the letter. */
function drawContents(
  { page, draw }: Pen,
  root: PDFKit.PDFStructureElement,
  documents: FrontPageInput['documents'],
  text: FrontPageText,
  top: number,
): void {
  const line = (y: number, indent = 0): Box => ({
    x: MARGIN + indent,
    y,
    width: CONTENT_WIDTH - indent,
    height: LIST_LINE,
    maxSize: LIST_SIZE,
    minSize: LIST_SIZE * 0.7,
  });
  let y = top;
  root.add(page.struct('H2', {}, () => void draw(BOLD, [text.contents], { ...line(y), maxSize: 11 })));
  y += LIST_LINE + 3;
  // One line is kept for «and more», two for the sum below.
  const room = Math.floor((PAGE_END - y) / LIST_LINE) - 3;
  const list = page.struct('L');
  root.add(list);
  const item = (label: string, content: string) => {
    const entry = page.struct('LI');
    const at = y;
    list.add(entry);
    entry.add(page.struct('Lbl', {}, () => void draw(REGULAR, [label], line(at))));
    entry.add(page.struct('LBody', {}, () => void draw(REGULAR, [content], line(at, mm(9)))));
    entry.end();
    y += LIST_LINE;
  };
  for (const [index, { name, pages }] of documents.slice(0, room).entries()) {
    item(`${index + 1}.`, text.document(shownName(name, text), pages));
  }
  if (documents.length > room) item('…', text.moreDocuments(documents.length - room));
  list.end();
  const pages = documents.reduce((sum, document) => sum + document.pages, 0);
  root.add(
    page.struct(
      'P',
      {},
      () => void draw(REGULAR, [text.total(documents.length, pages)], line(y + LIST_LINE / 2)),
    ),
  );
}

function createPen(page: PDFKit.PDFDocument): Pen {
  const draw: Pen['draw'] = (font, paragraphs, box) => {
    page.font(font);
    const measure: MeasureText = (text, size) => page.fontSize(size).widthOfString(text);
    const fitted = fitText(paragraphs.map(printedLine), box, measure);
    page.fontSize(fitted.size);
    for (const [index, line] of fitted.lines.entries()) {
      page.text(line, box.x, box.y + index * fitted.lineHeight, { lineBreak: false });
    }
    return fitted.lines.length * fitted.lineHeight;
  };
  return { page, draw };
}

function collect(page: PDFKit.PDFDocument): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    page.on('data', (chunk: Buffer) => chunks.push(chunk));
    page.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))));
    page.on('error', reject);
  });
}

/** Keeps the number of pages behind the name in sight. A name of which no word is left is the kind of thing it names. */
function shownName(given: string, { unnamed }: FrontPageText): string {
  const line = printedLine(given);
  const name = /[\p{L}\p{N}]/u.test(line.replace(/\.[^.]*$/, '')) ? line : unnamed;
  const characters = [...name];
  return characters.length > LONGEST_NAME ? `${characters.slice(0, LONGEST_NAME - 1).join('')}…` : name;
}

/** Organisation numbers are written in groups of three. */
function groupDigits(orgnr: string): string {
  return /^\d{9}$/.test(orgnr) ? orgnr.replace(/(\d{3})(?=\d)/g, '$1 ') : orgnr;
}
