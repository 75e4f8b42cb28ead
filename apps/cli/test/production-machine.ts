import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSelfSigned } from '@grunnmur/kernel/crypto';
import { findEmbeddedPostgres } from '@grunnmur/kernel/db';
import pg from 'pg';
import { blocksOf } from './printed-blocks.ts';

export interface ProductionMachine {
  /** The same command with this machine's folders in place of the page's. */
  here(command: string): string;
  /** As the owner of its tables. */
  query(sql: string): Promise<void>;
}

const PASSWORD = 'docs-passord';

/** What docs/deployment.md takes for granted: the database of its step 2, made by its own SQL, settings, and folders. */
export async function makeProductionMachine(folder: string, clone: string): Promise<ProductionMachine> {
  const { url } = await findEmbeddedPostgres(join(clone, 'data'));
  if (!url) throw new Error('The demonstration has no database of its own');
  const page = await readFile(join(clone, 'docs/deployment.md'), 'utf8');
  const sql = blocksOf('docs/deployment.md', page).find(({ text }) => text.includes('create role'));
  // The demonstration's cluster has this role; its names are taken, and those of this installation are others.
  const statements = sql!.text
    .replace(/^create role grunnmur_app .*$/m, '')
    .replaceAll('…', PASSWORD)
    .replace(/\bgrunnmur(_owner)?\b/g, 'docs$1');
  await query(url('postgres'), statements);

  for (const name of ['etc', 'backup', 'lib/objects']) await mkdir(join(folder, name), { recursive: true });
  const settings: Record<string, string> = {
    ...production(new URL(url('docs'))),
    ...(await certificates(join(folder, 'etc'))),
  };
  const lines = Object.entries({ ...settings, GRUNNMUR_DATA: join(folder, 'lib') });
  await writeFile(join(folder, 'etc/env'), lines.map(([name, value]) => `${name}='${value}'\n`).join(''));
  return {
    query: (text) => query(settings.DATABASE_MIGRATION_URL!, text),
    here: (command) =>
      command
        .replaceAll('/etc/grunnmur', join(folder, 'etc'))
        .replaceAll('/var/lib/grunnmur', join(folder, 'lib'))
        .replaceAll('/backup', join(folder, 'backup')),
  };
}

/** One statement at a time, as psql does: a database is not made within a transaction. */
async function query(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    for (const statement of sql.split(';\n').filter((text) => text.trim())) await client.query(statement);
  } finally {
    await client.end();
  }
}

function production(database: URL): Record<string, string> {
  const login = (user: string) =>
    Object.assign(new URL(database), { username: user, password: PASSWORD }).toString();
  // Nobody answers here.
  const outside = 'https://127.0.0.1:9';
  const addresses = ['KRR', 'ENHETSREGISTERET', 'FOLKEREGISTERET', 'ALTINN', 'DPI', 'PRINT'].map((name) => [
    `${name}_URL`,
    `${outside}/${name.toLowerCase()}`,
  ]);
  return {
    GRUNNMUR_MODE: 'production',
    PUBLIC_URL: 'https://grunnmur.example.no',
    DATABASE_URL: login('docs'),
    DATABASE_MIGRATION_URL: login('docs_owner'),
    MASTER_KEY: 'q0pA1o3rJ0l7mX9bV5tN8cY2kW6hZ4dS1eG3uF7iB8g=',
    MASKINPORTEN_ISSUER: `${outside}/maskinporten/`,
    MASKINPORTEN_TOKEN_ENDPOINT: `${outside}/maskinporten/token`,
    MASKINPORTEN_CLIENT_ID: 'klient',
    IDPORTEN_ISSUER: 'https://idporten.example.no',
    IDPORTEN_CLIENT_ID: 'klient',
    IDPORTEN_CLIENT_SECRET: 'hemmelig-hemmelig-hemmelig-4711',
    OPERATOR_NAME: 'Eksempel kommune',
    OPERATOR_EMAIL: 'post@eksempel.example',
    ...Object.fromEntries(addresses),
  };
}

async function certificates(folder: string): Promise<Record<string, string>> {
  const settings: Record<string, string> = {};
  for (const whose of ['PLATFORM', 'MASKINPORTEN']) {
    const pair = await createSelfSigned({
      commonName: `Eksempel ${whose.toLowerCase()}`,
      organisationNumber: '310000000',
      notAfter: new Date(Date.now() + 365 * 86_400_000),
    });
    for (const [kind, text] of [
      ['KEY', pair.privateKeyPem],
      ['CERTIFICATE', pair.certificatePem],
    ] as const) {
      const path = join(folder, `${whose}.${kind}.pem`);
      await writeFile(path, text, { mode: 0o600 });
      settings[`${whose}_${kind}_FILE`] = path;
    }
  }
  settings.DPI_TRUSTED_CERTIFICATES_FILE = settings.PLATFORM_CERTIFICATE_FILE!;
  return settings;
}
