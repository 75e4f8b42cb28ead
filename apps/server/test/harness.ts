import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMaskinportenClient } from '@grunnmur/kernel/auth';
import { newId } from '@grunnmur/kernel/ids';
import { dropDatabase, untoldOperations } from '@grunnmur/kernel/testing';
import type pg from 'pg';
import { inject } from 'vitest';
import { createServer, type Server } from '../create-server.ts';
import { readConfig } from '../read-config.ts';
import type { AccessFile } from './access-file.ts';

type Integration = AccessFile['integrations'][number];

/** A complete server on a database of its own, and calls to it as its machine users make them. */
export interface TestServer {
  readonly server: Server;
  readonly baseUrl: string;
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly access: AccessFile;
  /** Looks behind everything, as the owner of the tables. */
  readonly owner: pg.Pool;
  integration(name: string): Integration;
  /** The three headers of v2 and our own API. */
  headers(integration: Integration): Promise<Record<string, string>>;
  person(situation: string, index?: number): { fnr: string; name: string };
  stop(): Promise<void>;
}

export interface Letter {
  readonly to?: { fnr?: string; orgnr?: string; name?: string };
  readonly tittel?: string;
  readonly files?: readonly { name: string; bytes: Uint8Array; type?: string }[];
  /** Merged over the generated metadata. */
  readonly metadata?: Record<string, unknown>;
}

/** Starts the platform as `npm start` does, on a copy of the test database and a free port. */
export async function startTestServer(settings: Record<string, string> = {}): Promise<TestServer> {
  const { default: pgModule } = await import('pg');
  const dataDir = await mkdtemp(join(tmpdir(), 'grunnmur-server-'));
  const name = `server_${newId().replaceAll('-', '')}`;
  const adminUrl = inject('postgresUrl');
  const databaseUrl = adminUrl.replace(/\/postgres$/, `/${name}`);
  const admin = new pgModule.Pool({ connectionString: adminUrl, max: 1 });
  await admin.query(`create database ${name}`);
  await admin.end();
  const config = readConfig({
    PORT: '0',
    GRUNNMUR_DATA: dataDir,
    DATABASE_URL: databaseUrl,
    DATABASE_POOL: '10',
    LOG_LEVEL: 'fatal',
    DEMO_PRINT_DELAY_SECONDS: '0',
    DEMO_LETTERS: 'false',
    PDF_WORKERS: '1',
    ...settings,
  });
  const removeAll = async () => {
    await dropDatabase(adminUrl, name);
    await rm(dataDir, { recursive: true, force: true });
  };
  const server = await createServer(config).catch(async (error) => {
    await removeAll();
    throw error;
  });
  const owner = new pgModule.Pool({ connectionString: databaseUrl, max: 2 });
  const access = server.demonstration!.access as unknown as AccessFile;
  const tokens = new Map<string, ReturnType<typeof createMaskinportenClient>>();
  return {
    server,
    baseUrl: server.baseUrl,
    dataDir,
    databaseUrl,
    access,
    owner,
    integration: (wanted) => access.integrations.find((integration) => integration.name.startsWith(wanted))!,
    headers: async (integration) => {
      let client = tokens.get(integration.clientId);
      client ??= createMaskinportenClient({
        ...access,
        ...integration,
        keyId: undefined,
        now: () => new Date(),
      } as never);
      tokens.set(integration.clientId, client);
      return {
        authorization: `Bearer ${await client.token({ scope: 'ks:fiks' })}`,
        integrasjonId: integration.integrasjonId,
        integrasjonPassord: integration.integrasjonPassord,
      };
    },
    person: (situation, index = 0) =>
      access.persons.filter((person) => person.situation === situation)[index]!,
    stop: async () => {
      await server.stop();
      const untold = await untoldOperations(owner);
      await owner.end();
      await removeAll();
      if (untold.length > 0) throw new Error(`Citizens have no words for ${untold.join(', ')}`);
    },
  };
}

/** The multipart body of a v2 send call. */
export function letterForm(letter: Letter): FormData {
  const files = letter.files ?? [];
  const { fnr, orgnr, name } = letter.to ?? {};
  const metadata = {
    tittel: letter.tittel ?? `Brev ${newId()}`,
    mottaker: {
      navn: name ?? 'Ola Nordmann',
      digitalId: fnr ?? orgnr,
      adresselinje1: 'Gata 1',
      postnummer: '0001',
      poststed: 'EKSEMPELVIK',
    },
    dokumenter: files.map((file) => ({ filnavn: file.name, mimeType: file.type ?? 'application/pdf' })),
    ...letter.metadata,
  };
  const form = new FormData();
  form.append('forsendelse', new Blob([JSON.stringify(metadata)], { type: 'application/json' }));
  for (const [index, file] of files.entries())
    form.append(`filer_${index}`, new Blob([Buffer.from(file.bytes)]), file.name);
  return form;
}

/** Sends a letter over v2 and gives the raw answer. */
export async function sendLetter(
  test: TestServer,
  letter: Letter,
  options: { from?: string; kontoId?: string; headers?: Record<string, string> } = {},
) {
  const integration = test.integration(options.from ?? 'Eksempel');
  const kontoId = options.kontoId ?? integration.svarutKontoIds[0];
  const answer = await fetch(`${test.baseUrl}/api/v2/kontoer/${kontoId}/forsendelser/`, {
    method: 'POST',
    headers: { ...(await test.headers(integration)), ...options.headers },
    body: letterForm(letter),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> & { id: string } };
}

export async function statusOf(test: TestServer, id: string, from = 'Eksempel'): Promise<string | undefined> {
  const integration = test.integration(from);
  const answer = await fetch(
    `${test.baseUrl}/api/v2/kontoer/${integration.svarutKontoIds[0]}/forsendelser/status-sok`,
    {
      method: 'POST',
      headers: { ...(await test.headers(integration)), 'content-type': 'application/json' },
      body: JSON.stringify({ forsendelseIds: [id] }),
    },
  );
  const { statuser } = (await answer.json()) as { statuser: { status: string }[] };
  return statuser[0]?.status;
}

/** Waits until the sender sees one of the statuses; fails with the last one seen. */
export async function waitForStatus(test: TestServer, id: string, ...wanted: string[]): Promise<string> {
  let seen: string | undefined;
  for (let attempt = 0; attempt < 300; attempt++) {
    seen = await statusOf(test, id);
    if (seen && wanted.includes(seen)) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`letter ${id} is ${seen}, not ${wanted.join(' or ')}`);
}
