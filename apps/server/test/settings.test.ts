import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSelfSigned } from '@grunnmur/kernel/crypto';
import { newId } from '@grunnmur/kernel/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer } from '../create-server.ts';
import { ConfigError, readConfig } from '../read-config.ts';
import { Environment } from '../settings.ts';
import { runChild } from './child-server.ts';
import { startTestServer, type TestServer } from './harness.ts';

function faultsOf(settings: Record<string, string | undefined>): readonly string[] {
  try {
    readConfig(settings);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).faults;
  }
  return [];
}

const names = (faults: readonly string[]) => faults.map((fault) => fault.split(':')[0]).sort();

describe('settings', () => {
  it('need nothing for a demonstration, which nobody else on the network reaches', () => {
    expect(readConfig({})).toMatchObject({ demonstration: true, host: '127.0.0.1', port: 3000, ROLE: 'all' });
  });

  it('take an empty variable for one that is not set', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '', LOG_LEVEL: '' })).toMatchObject({ port: 3000 });
  });

  it('name every wrong one at once, with its rule and without its value', () => {
    const wrong = {
      GRUNNMUR_MODE: 'prodution',
      ROLE: 'alt',
      PORT: '70000',
      PUBLIC_URL: 'ftp://a',
      TRUST_PROXY: 'ja',
      LOG_LEVEL: 'mye',
      DATABASE_URL: 'mysql://hemmelig',
      DATABASE_POOL: '1',
      MASTER_KEY: 'hemmelig',
      MAX_PRINTABLE_MB: '-1',
      RETENTION_MONTHS: '0',
      PDF_WORKERS: 'to',
      KRR_URL: 'krr',
    };
    const faults = faultsOf(wrong);
    expect(names(faults)).toEqual(Object.keys(wrong).sort());
    expect(faults).toContain('GRUNNMUR_MODE: must be one of demonstration, production');
    expect(faults).toContain('PORT: must be from 0 to 65535');
    expect(faults).toContain('PDF_WORKERS: must be a whole number');
    expect(faults.join()).not.toContain('hemmelig');
    expect(faults.find((fault) => fault.startsWith('MASTER_KEY'))).toMatch(/32 bytes.*openssl rand/);
  });

  it('keep to what belongs together', () => {
    expect(names(faultsOf({ STORAGE: 's3' }))).toEqual([
      'S3_ACCESS_KEY_ID',
      'S3_BUCKET',
      'S3_SECRET_ACCESS_KEY',
    ]);
    expect(names(faultsOf({ ROLE: 'worker' }))).toEqual(['DATABASE_URL']);
    expect(faultsOf({ PLATFORM_KEY_FILE: '/finnes/ikke' })).toEqual(['PLATFORM_KEY_FILE: cannot be read']);
  });

  it('accept every limit and one more is refused', () => {
    const rules = Object.entries(
      Environment.properties as Record<string, { 'x-minimum'?: number; 'x-maximum'?: number }>,
    ).filter(([, rule]) => rule['x-maximum'] !== undefined);
    expect(rules.length).toBeGreaterThan(10);
    for (const [name, rule] of rules) {
      expect(faultsOf({ [name]: String(rule['x-minimum']) })).toEqual([]);
      expect(faultsOf({ [name]: String(rule['x-maximum']) })).toEqual([]);
      expect(names(faultsOf({ [name]: String(rule['x-maximum']! + 1) }))).toEqual([name]);
    }
  });
});

describe('production', () => {
  let folder: string;
  let complete: Record<string, string>;
  let test: TestServer;

  beforeAll(async () => {
    test = await startTestServer();
    folder = await mkdtemp(join(tmpdir(), 'grunnmur-settings-'));
    const pair = await createSelfSigned({ commonName: 'Drift', notAfter: new Date(Date.now() + 86_400_000) });
    const key = join(folder, 'key.pem');
    const certificate = join(folder, 'certificate.pem');
    await writeFile(key, pair.privateKeyPem);
    await writeFile(certificate, pair.certificatePem);
    complete = {
      GRUNNMUR_MODE: 'production',
      GRUNNMUR_DATA: join(folder, 'data'),
      PUBLIC_URL: 'https://brev.example.no',
      DATABASE_URL: 'postgres://grunnmur@db.example.no/grunnmur',
      MASTER_KEY: Buffer.from(Array.from({ length: 32 }, (_, n) => n * 7)).toString('base64'),
      PLATFORM_KEY_FILE: key,
      PLATFORM_CERTIFICATE_FILE: certificate,
      MASKINPORTEN_ISSUER: 'https://maskinporten.example.no/',
      MASKINPORTEN_TOKEN_ENDPOINT: 'https://maskinporten.example.no/token',
      MASKINPORTEN_CLIENT_ID: 'klient',
      MASKINPORTEN_KEY_FILE: key,
      MASKINPORTEN_CERTIFICATE_FILE: certificate,
      IDPORTEN_ISSUER: 'https://idporten.example.no',
      IDPORTEN_CLIENT_ID: 'klient',
      IDPORTEN_CLIENT_SECRET: 'hemmelighet',
      KRR_URL: 'https://krr.example.no',
      ENHETSREGISTERET_URL: 'https://enhetsregisteret.example.no',
      FOLKEREGISTERET_URL: 'https://folkeregisteret.example.no',
      ALTINN_URL: 'https://altinn.example.no',
      DPI_URL: 'https://dpi.example.no',
      DPI_TRUSTED_CERTIFICATES_FILE: certificate,
      PRINT_URL: 'https://print.example.no',
      OPERATOR_NAME: 'Fjordnett IKS',
      OPERATOR_EMAIL: 'drift@fjordnett.example.no',
    };
  });
  afterAll(async () => {
    await test.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is ready when everything is given, without the issuer that is built in', () => {
    expect(readConfig(complete)).toMatchObject({
      demonstration: false,
      builtInIssuer: false,
      host: '0.0.0.0',
    });
  });

  it('needs each of them', () => {
    const needed = Object.keys(complete).filter((name) => !['GRUNNMUR_MODE', 'GRUNNMUR_DATA'].includes(name));
    for (const name of needed) {
      const faults = faultsOf({ ...complete, [name]: undefined });
      expect(faults).toContain(`${name}: required in production`);
    }
    expect(names(faultsOf({ GRUNNMUR_MODE: 'production' }))).toEqual([...needed].sort());
  });

  it.each(['KRR_URL', 'ENHETSREGISTERET_URL', 'FOLKEREGISTERET_URL', 'ALTINN_URL', 'DPI_URL', 'PRINT_URL'])(
    'refuses a simulator as %s',
    (name) => {
      const address = `https://brev.example.no/simulator/${name.toLowerCase()}`;
      expect(faultsOf({ ...complete, [name]: address })).toEqual([`${name}: points to a simulator`]);
    },
  );

  it('refuses to be reached without encryption', () => {
    for (const name of ['PUBLIC_URL', 'IDPORTEN_ISSUER', 'KRR_URL', 'DPI_URL']) {
      expect(faultsOf({ ...complete, [name]: 'http://brev.example.no' })).toEqual([
        `${name}: must be https in production`,
      ]);
    }
  });

  it('refuses the keys of a demonstration', async () => {
    const { platformKeys } = test.server.demonstration!;
    const certificate = join(folder, 'demo.pem');
    await writeFile(certificate, platformKeys.certificatePem);
    const key = join(folder, 'demo.key.pem');
    await writeFile(key, platformKeys.privateKeyPem);
    const masterKey = (await readFile(join(test.dataDir, 'keys', 'master.key'), 'utf8')).trim();
    const settings = {
      ...complete,
      GRUNNMUR_DATA: test.dataDir,
      MASTER_KEY: masterKey,
      PLATFORM_KEY_FILE: key,
      PLATFORM_CERTIFICATE_FILE: certificate,
      MASKINPORTEN_KEY_FILE: key,
      MASKINPORTEN_CERTIFICATE_FILE: certificate,
    };
    expect(faultsOf(settings)).toEqual([
      'PLATFORM_CERTIFICATE_FILE: is the certificate of a demonstration',
      'MASKINPORTEN_CERTIFICATE_FILE: is the certificate of a demonstration',
      'MASTER_KEY: is the key of a demonstration',
    ]);
  });

  it('refuses a key that is not the certificate’s, and a master key that is not random', async () => {
    const other = await createSelfSigned({
      commonName: 'En annen',
      notAfter: new Date(Date.now() + 86_400_000),
    });
    const certificate = join(folder, 'other.pem');
    await writeFile(certificate, other.certificatePem);
    const settings = {
      ...complete,
      PLATFORM_CERTIFICATE_FILE: certificate,
      MASKINPORTEN_KEY_FILE: '/etc/hostname',
      MASTER_KEY: Buffer.alloc(32).toString('base64'),
    };
    expect(faultsOf(settings)).toEqual([
      'MASTER_KEY: is not random (make one with: openssl rand -base64 32)',
      'PLATFORM_CERTIFICATE_FILE: is not the certificate of PLATFORM_KEY_FILE',
      'MASKINPORTEN_CERTIFICATE_FILE: this and MASKINPORTEN_KEY_FILE must be PEM files',
    ]);
  });

  const startWith = (databaseUrl: string) =>
    createServer(
      readConfig({
        ...complete,
        DATABASE_URL: databaseUrl,
        DATABASE_MIGRATION_URL: test.databaseUrl,
        LOG_LEVEL: 'silent',
      }),
    );

  /** A login of the test's own with these attributes, dropped after `work`. */
  async function withLogin(attributes: string, work: (url: string) => Promise<void>): Promise<void> {
    const name = `login_${newId().replaceAll('-', '')}`;
    const url = new URL(test.databaseUrl);
    url.username = name;
    url.password = 'hemmelig';
    await test.owner.query(`create role ${name} login password 'hemmelig' ${attributes}`);
    try {
      await work(url.href);
    } finally {
      await test.owner.query(`drop role ${name}`);
    }
  }

  it('refuses the database of a demonstration', async () => {
    await withLogin('in role grunnmur_app', async (url) => {
      await expect(startWith(url)).rejects.toMatchObject({
        name: 'ConfigError',
        faults: [expect.stringMatching(/^DATABASE_URL: the database holds a demonstration/)],
      });
    });
  });

  it.each([
    ['superuser in role grunnmur_app', 'superuser'],
    ['bypassrls in role grunnmur_app', 'bypassrls'],
    ['in role grunnmur_app, pg_execute_server_program', 'pg_execute_server_program'],
  ])('refuses a login that no policy holds: %s', async (attributes, power) => {
    await withLogin(attributes, async (url) => {
      await expect(startWith(url)).rejects.toMatchObject({
        name: 'ConfigError',
        faults: [
          expect.stringMatching(
            new RegExp(
              `^DATABASE_URL: the login login_\\w+ is more than an ordinary user \\(${power}\\).*create role`,
            ),
          ),
        ],
      });
    });
  });

  it('refuses a login that may not act as the application, and says what to grant', async () => {
    await withLogin('', async (url) => {
      await expect(startWith(url)).rejects.toMatchObject({
        faults: [
          expect.stringMatching(/may not act as grunnmur_app\. As superuser: grant grunnmur_app to login_/),
        ],
      });
    });
  });

  it('does not start without its secrets, says all that is missing, and touches nothing', async () => {
    const data = join(folder, 'untouched');
    const { code, output } = await runChild({ GRUNNMUR_MODE: 'production', GRUNNMUR_DATA: data, PORT: 'x' });
    expect(code).toBe(1);
    expect(output).toContain('Grunnmur could not start');
    expect(output).toContain('PORT: must be a whole number');
    const again = await runChild({ GRUNNMUR_MODE: 'production', GRUNNMUR_DATA: data });
    expect(again.code).toBe(1);
    for (const name of ['MASTER_KEY', 'DATABASE_URL', 'IDPORTEN_CLIENT_SECRET', 'PRINT_URL'])
      expect(again.output).toContain(`${name}: required in production`);
    expect(again.output).not.toMatch(/ at .*\.ts:/);
    expect(existsSync(data)).toBe(false);
  });
});

describe('.env.example', () => {
  it('documents every setting and no other', async () => {
    const root = new URL('../../../', import.meta.url);
    expect(await readdir(root)).toContain('.env.example');
    const text = await readFile(new URL('.env.example', root), 'utf8');
    const documented = [...text.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name!);
    expect([...new Set(documented)].sort()).toEqual(Object.keys(Environment.properties).sort());
  });
});
