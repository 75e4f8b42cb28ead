import { SITUATIONS } from '@grunnmur/registers/simulators';
import type { Server } from './create-server.ts';
import { demoStaff } from './demo-content.ts';
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

function demonstrationLines({ demonstration, accessFile, baseUrl, amqp, lettersSent }: Server): string[] {
  const { population } = demonstration!;
  const staff = demoStaff(population);
  const citizens = population.demoPersons.filter(({ fnr }) => staff.every((each) => each.fnr !== fnr));
  const shown = SITUATIONS.flatMap(
    (situation) => citizens.find((person) => person.situation === situation) ?? [],
  );
  return [
    row(
      'Simulated',
      'ID-porten, Maskinporten, KRR, Enhetsregisteret, Folkeregisteret, Altinn, digital mailbox, print',
    ),
    row('Machine logins', accessFile ?? ''),
    ...(amqp ? [row('Fiks IO (AMQP)', amqpText(amqp))] : []),
    ...(lettersSent ? [row('Sample letters', 'on their way: all are there in some seconds')] : []),
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

function amqpText({ host, port, tlsPort }: NonNullable<Server['amqp']>): string {
  return [port && `amqp://${host}:${port}`, tlsPort && `amqps://${host}:${tlsPort}`]
    .filter(Boolean)
    .join('  ');
}

function row(label: string, value: string): string {
  return `  ${label.padEnd(17)} ${value}`;
}
