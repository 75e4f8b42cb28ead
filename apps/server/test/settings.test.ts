import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSelfSigned } from '@grunnmur/kernel/crypto';
import { newId } from '@grunnmur/kernel/ids';
import { createLogger } from '@grunnmur/kernel/log';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer } from '../create-server.ts';
import { isGuessable } from '../master-keys.ts';
import { ConfigError, readConfig } from '../read-config.ts';
import { refuseDemoIssuers } from '../refuse-demonstration.ts';
import { SETTING_SCHEMAS } from '../settings.ts';
import { startWarnings } from '../start-warnings.ts';
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
    const rules = Object.entries(SETTING_SCHEMAS).filter(([, { most }]) => most !== undefined);
    expect(rules.length).toBeGreaterThan(10);
    for (const [name, rule] of rules) {
      expect(faultsOf({ [name]: String(rule.least) })).toEqual([]);
      expect(faultsOf({ [name]: String(rule.most) })).toEqual([]);
      expect(names(faultsOf({ [name]: String(rule.most! + 1) }))).toEqual([name]);
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
      MASTER_KEY: randomBytes(32).toString('base64'),
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

  it('is ready when everything is given', () => {
    expect(readConfig(complete)).toMatchObject({
      demonstration: false,
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

  /** A key pair that the demonstration has made for itself. */
  const madeKey = async (name: string) =>
    JSON.parse(await readFile(join(test.dataDir, 'keys', `${name}.json`), 'utf8')) as {
      privateKeyPem: string;
      certificatePem: string;
    };

  it('refuses the keys of a demonstration', async () => {
    const platformKeys = await madeKey('platform');
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

  it('refuses the master key of a demonstration wherever it was copied to', async () => {
    const masterKey = (await readFile(join(test.dataDir, 'keys', 'master.key'), 'utf8')).trim();
    const faults = ['MASTER_KEY: is the key of a demonstration'];
    expect(faultsOf({ ...complete, MASTER_KEY: masterKey })).toEqual(faults);
    // One that was made before they had a mark is known in its own folder.
    const old = join(folder, 'old', 'keys');
    await mkdir(old, { recursive: true });
    await writeFile(join(old, 'master.key'), `${complete.MASTER_KEY}\n`);
    expect(faultsOf({ ...complete, GRUNNMUR_DATA: join(folder, 'old') })).toEqual(faults);
  });

  it.each(['AMQP_TLS', 'DPI_TRUSTED'])('refuses a certificate of any demonstration as %s', async (use) => {
    const mailbox = await madeKey('mailbox-984661185');
    const amqp = await madeKey('amqp');
    const demo = use === 'AMQP_TLS' ? amqp : mailbox;
    const real = await readFile(complete.PLATFORM_CERTIFICATE_FILE!, 'utf8');
    const file = join(folder, `${use}.pem`);
    // Behind a real one: every certificate of a file counts.
    await writeFile(file, use === 'AMQP_TLS' ? demo.certificatePem : `${real}${demo.certificatePem}`);
    const settings =
      use === 'AMQP_TLS'
        ? { AMQP_TLS_CERTIFICATE_FILE: file, AMQP_TLS_KEY_FILE: complete.PLATFORM_KEY_FILE! }
        : { DPI_TRUSTED_CERTIFICATES_FILE: file };
    const [name] = Object.keys(settings);
    expect(faultsOf({ ...complete, ...settings })).toEqual([
      `${name}: is the certificate of a demonstration`,
    ]);
  });

  it('refuses the login of any demonstration by its address, and its issuers by what they say of themselves', async () => {
    const login = { ...complete, IDPORTEN_ISSUER: 'https://demo.example.no/idporten' };
    expect(faultsOf(login)).toEqual([
      expect.stringMatching(/^IDPORTEN_ISSUER: is the login of a demonstration/),
    ]);
    const asked = (env: Record<string, string>) =>
      refuseDemoIssuers({
        config: { env },
        log: createLogger({ level: 'silent' }),
      } as unknown as Parameters<typeof refuseDemoIssuers>[0]);
    const own = {
      MASKINPORTEN_ISSUER: `${test.baseUrl}/maskinporten/`,
      IDPORTEN_ISSUER: `${test.baseUrl}/idporten`,
    };
    await expect(asked(own)).rejects.toMatchObject({
      faults: [
        'MASKINPORTEN_ISSUER: is the issuer of a demonstration',
        'IDPORTEN_ISSUER: is the issuer of a demonstration',
      ],
    });
    // What does not answer is no demonstration.
    await asked({ MASKINPORTEN_ISSUER: 'http://127.0.0.1:1/', IDPORTEN_ISSUER: 'http://127.0.0.1:1' });
  });

  it('refuses master keys that were typed or counted, and takes those that were drawn', () => {
    const bytes = (text: string | number[]) => Buffer.from(text as string).toString('base64');
    const guessable = [
      bytes('abcdefghijklmnopqrstuvwxyz012345'),
      bytes('correct horse battery staple 123'),
      bytes(Array.from({ length: 32 }, (_, n) => n)),
      bytes(Array.from({ length: 32 }, (_, n) => (n * 7) % 256)),
      bytes(Array.from({ length: 32 }, (_, n) => 255 - 3 * n)),
      bytes(Array.from({ length: 32 }, (_, n) => n % 16)),
      'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopo=',
      'abcdefghijklmnopqrstuvwxyz0123456789abcdefg=',
      `${'Hemmelig'.repeat(6).slice(0, 42)}k=`,
      `${'A'.repeat(43)}=`,
    ];
    for (const key of guessable)
      expect(faultsOf({ ...complete, MASTER_KEY: key }), key).toEqual([
        'MASTER_KEY: is not random (make one with: openssl rand -base64 32)',
      ]);
    for (let drawn = 0; drawn < 2_000; drawn++)
      expect(isGuessable(randomBytes(32).toString('base64'))).toBe(false);
  });

  it('warns of disk storage with several processes, and of few open files', () => {
    const warnings = (settings: Record<string, string>, files = 65_536) =>
      startWarnings(readConfig({ ...complete, ...settings }), files).map(({ detail }) => detail);
    expect(warnings({})).toEqual([]);
    for (const ROLE of ['web', 'worker'])
      expect(warnings({ ROLE })).toEqual([expect.stringContaining(`ROLE=${ROLE} with STORAGE=disk`)]);
    const s3 = { STORAGE: 's3', S3_BUCKET: 'b', S3_ACCESS_KEY_ID: 'a', S3_SECRET_ACCESS_KEY: 's' };
    expect(warnings({ ROLE: 'worker', ...s3 })).toEqual([]);
    expect(warnings({}, 1024)).toEqual([expect.stringContaining('only 1024 open files')]);
  });

  it('has metrics at an address of their own, on this machine only unless asked otherwise', () => {
    const operations = (settings: Record<string, string>) =>
      readConfig({ ...complete, ...settings }).operations;
    expect(operations({})).toEqual({ host: '127.0.0.1', port: 9464, chosen: false });
    expect(operations({ ROLE: 'worker' })).toMatchObject({ port: 9465 });
    expect(operations({ METRICS_HOST: '10.0.0.5', METRICS_PORT: '9000' })).toEqual({
      host: '10.0.0.5',
      port: 9000,
      chosen: true,
    });
    expect(readConfig({}).operations).toBeUndefined();
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
