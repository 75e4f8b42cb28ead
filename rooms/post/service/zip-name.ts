import { isoDate } from '@grunnmur/kernel/i18n';

const LONGEST = 150;

/** A file's name for all of a letter: who sent it, what it is about, when; without what a file system would refuse. */
export function zipName(sender: string, title: string, received: Date): string {
  const text = `${sender} – ${title}`
    .replace(/[\p{C}\\/:*?"<>|]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return `${[...text].slice(0, LONGEST).join('').trim()} ${isoDate(received)}.zip`;
}
