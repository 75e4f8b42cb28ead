import type { Server } from './create-server.ts';
import type { Config } from './read-config.ts';
import { startWarnings } from './start-warnings.ts';

/** What the terminal shows when everything is ready: where things are, who to log in as, what to try next. */
export function banner(config: Config, server: Server, startMs: number): string {
  const lines = [
    '',
    `  Grunnmur is ready (${(startMs / 1000).toFixed(1)} s)`,
    '',
    row('Citizen portal', `${server.baseUrl}/`),
    row('API', `${server.baseUrl}/api/openapi.json`),
    row('PostgreSQL', server.embeddedDatabase ? `embedded, data in ${config.dataDir}` : 'DATABASE_URL'),
    ...(server.operationsAddress ? [row('Metrics', `${server.operationsAddress}/metrics`)] : []),
    ...startWarnings(config).map(({ detail, fix }) => row('WARNING', `${detail} → ${fix}`)),
  ];
  if (server.demonstration) lines.push(...demonstrationLines(server));
  return `${lines.join('\n')}\n\n`;
}

interface Listed {
  readonly fnr: string;
  readonly name: string;
}
type Persons = readonly (Listed & { readonly situation: string })[];
type Staff = readonly (Listed & { readonly role: string })[];

function demonstrationLines({ demonstration, baseUrl, listening, samplesReady }: Server): string[] {
  const { access, accessFile, simulated } = demonstration!;
  const { persons = [], staff = [] } = access as { persons?: Persons; staff?: Staff };
  const shown = firstOfEach(persons.filter(({ fnr }) => staff.every((each) => each.fnr !== fnr)));
  return [
    row('Simulated', simulated.join(', ')),
    row('Machine logins', accessFile),
    ...listening.map(({ label, addresses }) => row(label, addresses.join('  '))),
    ...(samplesReady ? [row('Sample letters', 'on their way: all are there in some seconds')] : []),
    '',
    '  DEMONSTRATION: everybody here is invented. Log in at the portal and pick a person:',
    '',
    ...shown.map(({ fnr, name, situation }) => `    ${fnr}  ${name.padEnd(34)} ${situation}`),
    '',
    `  Staff, for messages between systems at ${baseUrl}/meldinger:`,
    ...staff.map(({ fnr, name, role }) => `    ${fnr}  ${name.padEnd(34)} ${role}`),
    '',
    `  Try:  npx grunnmur send <file.pdf> --to ${shown.find((person) => person.situation === 'altinn')?.fnr ?? '<fnr>'}`,
    `        then open ${baseUrl}/ as that person`,
  ];
}

/** One person for each situation. */
function firstOfEach(persons: Persons): Persons {
  const seen = new Set<string>();
  return persons.filter(({ situation }) => !seen.has(situation) && seen.add(situation));
}

function row(label: string, value: string): string {
  return `  ${label.padEnd(17)} ${value}`;
}
