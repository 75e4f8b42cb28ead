/** Width in points of a text at a font size. */
export type MeasureText = (text: string, size: number) => number;

export interface FitBox {
  readonly width: number;
  readonly height: number;
  readonly maxSize: number;
  readonly minSize: number;
  /** Distance between baselines as a factor of the font size, default 1.2. */
  readonly leading?: number;
}

export interface FittedText {
  readonly size: number;
  readonly lineHeight: number;
  readonly lines: readonly string[];
}

const STEP = 0.5;
const ELLIPSIS = '…';

/**
 * Finds the largest font size at which the paragraphs (without controls, else the layout breaks), each wrapped at words, fit into the box. At the smallest size
 * what is still too long is shortened with an ellipsis, the paragraph with most lines first, so that an over-long name
 * never pushes the postal code out.
 */
export function fitText(paragraphs: readonly string[], box: FitBox, measure: MeasureText): FittedText {
  const leading = box.leading ?? 1.2;
  const texts = paragraphs.filter((text) => text !== '');
  for (let size = box.maxSize; size > box.minSize; size -= STEP) {
    const lines = texts.flatMap((text) => wrapText(text, box.width, size, measure));
    if (lines.length * size * leading <= box.height) return { size, lineHeight: size * leading, lines };
  }
  const size = box.minSize;
  const room = Math.max(1, Math.floor(box.height / (size * leading)));
  const wrapped = texts.map((text) => wrapText(text, box.width, size, measure));
  const lines = shorten(wrapped, room, (line) => withEllipsis(line, box.width, size, measure));
  return { size, lineHeight: size * leading, lines };
}

/** Breaks a text into lines no wider than `width`; a word longer than a line is broken inside. */
export function wrapText(text: string, width: number, size: number, measure: MeasureText): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (measure(longer, size) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (measure(line, size) > width) {
      const part = longestStart(line, (start) => measure(start, size) <= width);
      lines.push(part);
      line = line.slice(part.length);
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

function shorten(wrapped: string[][], room: number, cut: (line: string) => string): string[] {
  const paragraphs = wrapped.map((lines) => [...lines]);
  let count = paragraphs.flat().length;
  while (count > room) {
    const longest = paragraphs.reduce(
      (most, lines) => (lines.length > most.length ? lines : most),
      paragraphs[0]!,
    );
    if (longest.length < 2) break;
    longest.pop();
    longest.push(cut(longest.pop()!));
    count--;
  }
  return paragraphs.flat().slice(0, room);
}

function withEllipsis(line: string, width: number, size: number, measure: MeasureText): string {
  const text = line.endsWith(ELLIPSIS) ? line.slice(0, -1) : line;
  return `${longestStart(text, (start) => measure(start + ELLIPSIS, size) <= width).trimEnd()}${ELLIPSIS}`;
}

/** The longest start (at least one character) for which `fits` holds; characters are not split. */
function longestStart(text: string, fits: (start: string) => boolean): string {
  const characters = [...text];
  let low = 1;
  let high = characters.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(characters.slice(0, middle).join(''))) low = middle;
    else high = middle - 1;
  }
  return characters.slice(0, low).join('');
}
