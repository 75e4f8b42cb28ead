import { ACCESS, type AccessAdmin, type Organisation, SVARUT_KONTO } from '@grunnmur/access';
import { room as accessRoom } from '@grunnmur/access/manifest';
import { buildExchange } from '@grunnmur/exchange/build';
import type { KontoAdmin } from '@grunnmur/exchange/create';
import { room as exchangeRoom } from '@grunnmur/exchange/manifest';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { openDatabase } from '@grunnmur/kernel/db';
import { newId } from '@grunnmur/kernel/ids';
import { createLogger } from '@grunnmur/kernel/log';
import type { KeyPair } from '@grunnmur/kernel/room';
import type { SenderProfile } from '@grunnmur/post';
import type { NyKonto } from '@grunnmur/post/create';
import type { Assembly } from './assembly.ts';
import { buildRooms, createHosts } from './build-rooms.ts';
import { createStorage } from './create-storage.ts';
import type { Config } from './read-config.ts';
import { demoMasterKey } from './secrets.ts';

/** What the operator does by a command on the platform's own machine, beside a running server or without one. */
export interface Operator {
  /** Undefined when there is none with that number. */
  organisation(orgnr: string): Promise<Organisation | undefined>;
  /** Acts in the organisation; the audit log names the operator. */
  in(organisation: Organisation): Ctx;
  /** Acts for the platform itself, over all organisations. */
  readonly platform: Ctx;
  /** By id; undefined when there is none. */
  organisationById(id: string): Promise<Organisation | undefined>;
  organisations(): Promise<readonly Organisation[]>;
  readonly access: AccessAdmin;
  /** Throws `kernel.validation` unless all of them are the organisation's own. */
  requireSenderAccounts(ctx: Ctx, ids: readonly string[]): Promise<void>;
  /** An account that letters are sent from. */
  createSenderAccount(ctx: Ctx, account: NyKonto): Promise<{ kontoId: string }>;
  /** Lets an integration send from an account. */
  letAccount(ctx: Ctx, integrationId: string, kontoId: string): Promise<void>;
  readonly exchange: KontoAdmin;
  /** Makes one of the organisation's kontoer a validator konto, or gives it a new key. */
  giveValidatorKey(ctx: Ctx, kontoId: string): Promise<void>;
  /** Sets how the organisation is shown to its readers, and whom they ask; what is left out is removed. */
  setSenderProfile(ctx: Ctx, profile: SenderProfile): Promise<void>;
}

/** The operator opens no document. */
const NO_KEYS: KeyPair = { privateKeyPem: '', certificatePem: '' };

/** Puts together what `work` needs on the database at `databaseUrl`; nothing is listened to, no job runs. */
export async function withOperator<R>(
  config: Config,
  databaseUrl: string,
  work: (operator: Operator) => Promise<R>,
): Promise<R> {
  const db = openDatabase({ connectionString: databaseUrl, max: 2, applicationName: 'grunnmur-operator' });
  try {
    const log = createLogger({ level: 'error', destination: process.stderr });
    const masterKey = config.masterKey ?? (await demoMasterKey(config.dataDir));
    const now = () => new Date();
    const base = { tenant: null, db, log, now };
    const systemCtx: Ctx = {
      ...base,
      actor: { kind: 'system', id: 'operator', name: 'Operator' },
      requestId: newId(),
    };
    const assembly: Assembly = {
      config,
      log,
      now,
      db,
      baseUrl: config.publicUrl ?? `http://127.0.0.1:${config.port}`,
      masterKey,
      systemCtx,
      requestCtx: () => systemCtx,
    };
    const hostFor = createHosts(assembly, {
      stores: createStorage(config, db, masterKey, log),
      platformKeys: NO_KEYS,
      persons: { find: async () => undefined, loginAddress: (path) => path },
      loginClients: [],
      identity: () => {
        throw new Error('A command asks nobody outside');
      },
    });
    const { use } = await buildRooms([accessRoom], hostFor);
    const access = use(ACCESS);
    const exchange = await buildExchange(hostFor(exchangeRoom, use));
    return await work({
      organisation: async (orgnr) => (await access.findOrganisation(systemCtx, { orgnr })) ?? undefined,
      in: ({ id }) => withCtx(systemCtx, { tenant: id }),
      platform: systemCtx,
      organisationById: async (id) => (await access.findOrganisation(systemCtx, { id })) ?? undefined,
      organisations: () => access.listOrganisations(systemCtx),
      access: access.admin,
      requireSenderAccounts: async (ctx, ids) =>
        (await import('@grunnmur/post/create')).requireOwnKontoer(ctx, ids),
      createSenderAccount: async (ctx, account) =>
        (await import('@grunnmur/post/create')).createKonto(ctx, account),
      letAccount: (ctx, integrationId, kontoId) =>
        access.admin.grant(ctx, integrationId, SVARUT_KONTO, kontoId),
      exchange: exchange.admin,
      giveValidatorKey: exchange.giveValidatorKey,
      setSenderProfile: async (ctx, profile) => {
        // The room brings its PDF engine, which no other of these commands needs.
        const post = await import('@grunnmur/post/create');
        await post.setSenderProfile(ctx, profile);
      },
    });
  } finally {
    await db.close();
  }
}
