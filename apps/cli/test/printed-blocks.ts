/** A fenced block of a page. */
export interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
  /** Of the line after the fence. */
  readonly line: number;
}

export function blocksOf(page: string, text: string): Block[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    page,
    language: match[1]!,
    text: match[2]!,
    line: text.slice(0, match.index).split('\n').length + 1,
  }));
}

/** What a reader would type: all of `sh`, and of `console` the lines after the prompt. */
export function commandsOf({ language, text }: Block): string | undefined {
  if (language === 'sh') return text;
  if (language !== 'console') return undefined;
  return [...text.matchAll(/^\$ (.*)$/gm)].map(([, line]) => `${line}\n`).join('');
}

/** Blocks that cannot be run here, by a part of their text, and why; their syntax is looked at all the same. */
export const NOT_RUN: readonly (readonly [part: string, reason: string])[] = [
  ['git clone', 'installs from the network; start and stop of npm have a test of their own'],
  ['export GRUNNMUR_BASE_URL=https://', 'another installation, with a real login'],
  ['/etc/grunnmur/env', 'a production machine’s settings'],
  ['pg_dump', 'a production machine’s database and folders'],
  ['systemctl', 'needs systemd and root'],
  ['mvn ', 'needs a Maven repository that has the client'],
];
