import type { SettingSchema } from '@grunnmur/kernel/room';
import { SETTINGS } from './settings.ts';

const WIDTH = 124;
const INTRODUCTION = `# Every setting of Grunnmur, with its default. A demonstration needs none of them.
# Made by \`npm run generate\` from the settings of the host and of each room: change those, not this file.
#
# To use this file: copy it to .env, change what you need, and load it into the environment before the start:
#   set -a; . ./.env; set +a; npm start
# systemd reads it with EnvironmentFile=, container runtimes with --env-file. Grunnmur itself reads no file.
# All settings are checked together at the start; every fault is told at once. \`npx grunnmur doctor\` looks further.
# "production" below: the server refuses to start in production without it.
`;

/** The text of `.env.example`: each setting with what it is, on where it has a default. */
export function envExample(): string {
  const sections = SETTINGS.map(({ title, schema }) => {
    const heading = `# --- ${title} `.padEnd(118, '-');
    const settings = Object.entries(schema.properties as Record<string, SettingSchema>);
    return `${heading}\n\n${settings.map(([name, setting]) => entry(name, setting)).join('\n')}\n`;
  });
  return [INTRODUCTION, ...sections].join('\n');
}

function entry(name: string, { default: value, notes }: SettingSchema): string {
  const told = notes.production ? `${notes.doc} production.` : notes.doc;
  const line = value === undefined ? `#${name}=${notes.example ?? ''}` : `${name}=${value}`;
  return [...wrapped(told), line].join('\n');
}

function wrapped(sentences: string): string[] {
  const lines: string[] = [];
  let line = '#';
  for (const word of sentences.split(' ')) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
