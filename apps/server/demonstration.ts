import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AccessRoom, DemoAccess } from '@grunnmur/access/create';
import { createTokenVerifier, type TokenVerifier } from '@grunnmur/kernel/auth';
import type { SelfSigned } from '@grunnmur/kernel/crypto';
import { withCtx } from '@grunnmur/kernel/ctx';
import { seedPostDemo } from '@grunnmur/post/create';
import { MAILBOX_SUPPLIERS, type Population } from '@grunnmur/registers/simulators';
import { type Assembly, machineNow } from './assembly.ts';
import type { OutgoingIdentity } from './create-channels.ts';
import { demoAccessInput, demoPost, demoStaff, OWN_INTEGRATION } from './demo-content.ts';
import type { DemoFiksIoAccount } from './demo-exchange.ts';
import { demoKeyPair, writePrivate } from './secrets.ts';
import { createSimulators, type MailboxSupplier, type Simulators } from './simulators.ts';

/** Invented people, organisations, logins and outside services, for trying everything without any agreement. */
export interface Demonstration {
  readonly access: DemoAccess;
  readonly population: Population;
  readonly simulators: Simulators;
  /** Grunnmur's own client at the built-in issuer. */
  readonly identity: OutgoingIdentity;
  readonly platformKeys: SelfSigned;
  readonly mailboxes: readonly MailboxSupplier[];
}

/** The part of `demo-access.json` that is about Fiks IO. */
export interface DemoExchange {
  /** `caPem` is what clients must trust at `tlsPort`; a port is null when nothing listens there. */
  readonly amqp: {
    readonly host: string;
    readonly port: number | null;
    readonly tlsPort: number | null;
    readonly caPem: string;
  };
  readonly fiksIoAccounts: readonly DemoFiksIoAccount[];
}

const GRUNNMUR_ORGNR = '310000035';

/** Seeds what is missing; the same content, ids and passwords at every start. */
export async function prepareDemonstration(
  assembly: Assembly,
  room: AccessRoom,
  population: Population,
): Promise<Demonstration> {
  const { config, systemCtx, now } = assembly;
  const { dataDir } = config;
  const access = await room.seedDemo(systemCtx, demoAccessInput(population));
  await delegateToGrunnmur(assembly, room);
  const identity = ownIdentity(room, access);
  const mailboxes = await mailboxSuppliers(dataDir, now());
  const logDir = join(dataDir, 'simulators');
  await mkdir(logDir, { recursive: true, mode: 0o700 });
  const simulators = createSimulators({
    population,
    mailboxes,
    senderCertificatePem: identity.certificatePem!,
    verifier: lazyVerifier(identity.issuer, machineNow),
    printDelayMs: Number(config.env.DEMO_PRINT_DELAY_SECONDS) * 1000,
    logDir,
    now,
  });
  const platformKeys = await demoKeyPair(dataDir, 'platform', GRUNNMUR_ORGNR, now());
  return { access, population, simulators, identity, platformKeys, mailboxes };
}

/** Accounts and receiving systems of the post room. */
export async function seedDemonstrationPost(
  assembly: Assembly,
  room: AccessRoom,
  { access }: Demonstration,
): Promise<void> {
  for (const { orgnr } of access.organisations) {
    const organisation = await room.access.findOrganisation(assembly.systemCtx, { orgnr });
    const systems = access.mottakersystemer.map((system) => ({ ...system, id: systemId(system.orgnr) }));
    await seedPostDemo(withCtx(assembly.systemCtx, { tenant: organisation!.id }), demoPost(orgnr, systems));
  }
}

/** The organisations let Grunnmur send to mailboxes on their behalf (Maskinporten: delegation). */
async function delegateToGrunnmur({ systemCtx }: Assembly, { access }: AccessRoom): Promise<void> {
  for (const organisation of await access.listOrganisations(systemCtx)) {
    if (organisation.orgnr === GRUNNMUR_ORGNR) continue;
    const ctx = withCtx(systemCtx, { tenant: organisation.id });
    await access.admin.addDelegation(ctx, {
      supplierOrgnr: GRUNNMUR_ORGNR,
      scope: 'digitalpostinnbygger:send',
    });
  }
}

function ownIdentity(room: AccessRoom, access: DemoAccess): OutgoingIdentity {
  const issuer = room.issuer();
  const own = access.integrations.find((integration) => integration.name === OWN_INTEGRATION);
  if (!issuer || !own) throw new Error('The demonstration needs the built-in token issuer');
  const { clientId, privateKeyPem, certificatePem, orgnr } = own;
  return {
    issuer,
    tokenEndpoint: `${issuer}token`,
    clientId,
    privateKeyPem,
    certificatePem,
    keyId: undefined,
    orgnr,
  };
}

function lazyVerifier(issuer: string, now: () => Date): () => TokenVerifier {
  let verifier: TokenVerifier | undefined;
  return () => {
    verifier ??= createTokenVerifier({ issuers: [{ issuer, keys: { jwksUri: `${issuer}jwk` } }], now });
    return verifier;
  };
}

function systemId(orgnr: string): string {
  return `22222222-2222-4222-8222-000${orgnr}`;
}

/** Everything a script needs to log in, readable by us only; written anew at each start. */
export async function writeDemoAccess(
  dataDir: string,
  baseUrl: string,
  demonstration: Demonstration,
  exchange: DemoExchange,
): Promise<string> {
  const { access, identity, population } = demonstration;
  const path = join(dataDir, 'demo-access.json');
  const integrations = access.integrations.filter((integration) => integration.name !== OWN_INTEGRATION);
  const content = {
    baseUrl,
    issuer: identity.issuer,
    tokenEndpoint: identity.tokenEndpoint,
    organisations: access.organisations,
    integrations,
    svarutV1Accounts: access.svarutV1Accounts,
    mottakersystemer: access.mottakersystemer,
    persons: population.demoPersons,
    staff: demoStaff(population),
    ...exchange,
  };
  await writePrivate(path, `${JSON.stringify(content, null, 2)}\n`);
  return path;
}

/** Each simulated mailbox supplier signs its receipts with a certificate of its own. */
async function mailboxSuppliers(dataDir: string, now: Date): Promise<MailboxSupplier[]> {
  const orgnrs = Object.values(MAILBOX_SUPPLIERS);
  return Promise.all(
    orgnrs.map(async (orgnr) => ({ orgnr, ...(await demoKeyPair(dataDir, `mailbox-${orgnr}`, orgnr, now)) })),
  );
}
