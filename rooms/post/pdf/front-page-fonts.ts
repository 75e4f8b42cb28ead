import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from 'fontkit';

const FILES = { regular: 'DejaVuSans.ttf', bold: 'DejaVuSans-Bold.ttf' } as const;

/** The fonts of the front page as they lie on disk. They cover Norwegian, Sámi and the other languages of Europe. */
export function readFrontPageFont(weight: keyof typeof FILES): Buffer {
  return readFileSync(createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${FILES[weight]}`));
}

/**
 * Scripts that are set letter by letter from left to right. The fonts have glyphs of others, but what comes out of those
 * without shaping and reordering is not what their readers write.
 */
const SCRIPTS = /^[\p{scx=Latn}\p{scx=Grek}\p{scx=Cyrl}\p{scx=Armn}\p{scx=Geor}\p{scx=Zyyy}\p{scx=Zinh}]$/u;
const INVISIBLE = /\p{DI}/gu;

let opened: readonly Font[] | undefined;
const carried = new Map<string, boolean>();

function isCarried(character: string): boolean {
  let known = carried.get(character);
  if (known === undefined) {
    opened ??= [readFrontPageFont('regular'), readFrontPageFont('bold')].map((file) => create(file) as Font);
    const code = character.codePointAt(0)!;
    known = SCRIPTS.test(character) && opened.every((font) => font.hasGlyphForCodePoint(code));
    // Bounded by what the fonts have; what they lack is looked up anew.
    if (known) carried.set(character, known);
  }
  return known;
}

/**
 * A text as one line of the front page: composed, without invisible characters, each space or control a space, and
 * without what cannot be drawn. Callers who must know that nothing is left out ask {@link unprintable} first.
 */
export function printedLine(text: string): string {
  return [...lineOf(text)].filter(isCarried).join('').replace(/ +/g, ' ').trim();
}

/** The characters of a text that the front page leaves out, each once, in order. */
export function unprintable(text: string): string[] {
  return [...new Set([...lineOf(text)].filter((character) => !isCarried(character)))];
}

function lineOf(text: string): string {
  return text
    .normalize('NFC')
    .replace(INVISIBLE, '')
    .replace(/[\p{Cc}\s]+/gu, ' ');
}
