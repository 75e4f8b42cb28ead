import { createHmac, X509Certificate } from 'node:crypto';
import {
  createSelfSigned,
  type SelfSigned,
  unwrapSecret,
  verifySecret,
  wrapSecret,
} from '@grunnmur/kernel/crypto';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { type Trx, withTransaction } from '@grunnmur/kernel/db';
import { DAY_MS } from '@grunnmur/kernel/time';
import {
  type Access,
  type Organisation,
  type OrganisationKind,
  type Role,
  SVARUT_KONTO,
} from '../contract.ts';
import type { DemoAccess } from '../demo/demo-access.ts';
import { fingerprintOf } from '../issuer/client-certificate.ts';
import { updateAccountPassword } from '../store/account-store.ts';
import { findDemoSecret, putDemoSecret } from '../store/demo-secret-store.ts';
import { findAccountLogin, findIntegrationLogin, findMottakersystemLogin } from '../store/login-store.ts';
import { findTokenClient } from '../store/oauth-client-store.ts';
import { newPassword } from './new-password.ts';
import { recordChange } from './record-change.ts';

export interface DemoOrganisation {
  readonly orgnr: string;
  readonly name: string;
  readonly language?: 'nb' | 'nn';
  readonly kind: OrganisationKind;
}

/** What is to exist. Everything refers to `organisations` by number. */
export interface DemoInput {
  readonly organisations: readonly DemoOrganisation[];
  readonly integrations: readonly {
    readonly name: string;
    readonly orgnr: string;
    readonly svarutKontoIds: readonly string[];
    /** Default `ks:fiks`. */
    readonly scopes?: readonly string[];
  }[];
  readonly svarutV1Accounts: readonly {
    readonly username: string;
    readonly orgnr: string;
    readonly kontoId: string;
  }[];
  readonly mottakersystemer: readonly {
    readonly username: string;
    readonly name: string;
    readonly orgnr: string;
  }[];
  readonly roles?: readonly { readonly fnr: string; readonly orgnr: string; readonly role: Role }[];
}

const CERTIFICATE_LIFE_MS = 5 * 365 * DAY_MS;
const RENEW_BEFORE_MS = 60 * DAY_MS;

interface Seeder {
  readonly access: Access;
  readonly masterKey: Uint8Array;
  /** Context of each organisation, by number. */
  readonly tenants: ReadonlyMap<string, Ctx>;
}

/** Creates the organisations that are missing and gives all of them, in the order asked for. */
export async function seedDemoOrganisations(
  ctx: Ctx,
  access: Access,
  organisations: readonly DemoOrganisation[],
): Promise<Organisation[]> {
  const all: Organisation[] = [];
  for (const organisation of organisations) {
    const known = await access.findOrganisation(ctx, { orgnr: organisation.orgnr });
    all.push(known ?? (await access.admin.createOrganisation(ctx, organisation)));
  }
  return all;
}

/**
 * Creates what is missing of a demonstration. Passwords are derived from the master key, so that they are the same at
 * each start although only hashes are stored; the clients' private keys are stored sealed with it.
 */
export async function seedDemo(
  ctx: Ctx,
  access: Access,
  masterKey: Uint8Array,
  input: DemoInput,
): Promise<DemoAccess> {
  const organisations = await seedDemoOrganisations(ctx, access, input.organisations);
  const tenants = new Map(organisations.map(({ orgnr, id }) => [orgnr, withCtx(ctx, { tenant: id })]));
  const seeder = { access, masterKey, tenants };
  for (const { fnr, orgnr, role } of input.roles ?? [])
    await seedRole(tenantOf(seeder, orgnr), access, fnr, role);
  const integrations = await inTurn(input.integrations, (item) => seedIntegration(seeder, item));
  const svarutV1Accounts = await inTurn(input.svarutV1Accounts, (item) => seedAccount(seeder, item));
  const mottakersystemer = await inTurn(input.mottakersystemer, (item) => seedMottakersystem(seeder, item));
  return {
    organisations: organisations.map(({ orgnr, name }) => ({ orgnr, name })),
    integrations,
    svarutV1Accounts,
    mottakersystemer,
  };
}

async function seedRole(ctx: Ctx, access: Access, fnr: string, role: Role): Promise<void> {
  const asPerson = withCtx(ctx, { actor: { kind: 'person', id: fnr } });
  const roles = await access.rolesOf(asPerson);
  if (roles.some((known) => known.role === role && known.organisation.id === ctx.tenant)) return;
  await access.admin.addRole(ctx, fnr, role);
}

async function seedIntegration(seeder: Seeder, item: DemoInput['integrations'][number]) {
  const { access } = seeder;
  const { name, orgnr, svarutKontoIds } = item;
  const ctx = tenantOf(seeder, orgnr);
  const integrasjonId = deriveUuid(seeder, `integration:${orgnr}:${name}`);
  const clientId = deriveUuid(seeder, `client:${orgnr}:${name}`);
  const password = derive(seeder, `integration-password:${orgnr}:${name}`);
  const pair = await seedKeyPair(seeder, ctx, orgnr, `client:${name}`);
  const login = await withTransaction(ctx, (trx) => findIntegrationLogin(trx, integrasjonId));
  if (!login)
    await access.admin.createIntegration(ctx, { id: integrasjonId, name, authorisedOrgnr: orgnr, password });
  for (const kontoId of svarutKontoIds) {
    if (!login?.grants.some((grant) => grant.resourceId === kontoId))
      await access.admin.grant(ctx, integrasjonId, SVARUT_KONTO, kontoId);
  }
  await seedOauthClient(seeder, ctx, clientId, item.scopes ?? ['ks:fiks'], pair);
  return { name, orgnr, clientId, integrasjonId, integrasjonPassord: password, ...pair, svarutKontoIds };
}

async function seedOauthClient(
  { access }: Seeder,
  ctx: Ctx,
  clientId: string,
  scopes: readonly string[],
  pair: SelfSigned,
): Promise<void> {
  const fingerprint = fingerprintOf(new X509Certificate(pair.certificatePem));
  const client = await withTransaction(ctx, (trx) => findTokenClient(trx, clientId));
  if (!client)
    await access.admin.createOauthClient(ctx, { clientId, scopes, certificateFingerprints: [fingerprint] });
  else if (!client.certificate_fingerprints.includes(fingerprint))
    await access.admin.setOauthClientKeys(ctx, clientId, { certificateFingerprints: [fingerprint] });
}

async function seedAccount(seeder: Seeder, item: DemoInput['svarutV1Accounts'][number]) {
  const { username, orgnr, kontoId } = item;
  const ctx = tenantOf(seeder, orgnr);
  const password = derive(seeder, `account:${username}`);
  const login = await withTransaction(ctx, (trx) => findAccountLogin(trx, username));
  if (!login) await seeder.access.admin.createAccount(ctx, { username, kontoId, password });
  else if (!verifySecret(password, login.password_hash))
    await setPassword(ctx, 'account_v1', username, password);
  return { username, password, orgnr, kontoId };
}

async function seedMottakersystem(seeder: Seeder, item: DemoInput['mottakersystemer'][number]) {
  const { username, orgnr, name } = item;
  const ctx = tenantOf(seeder, orgnr);
  const password = derive(seeder, `mottakersystem:${username}`);
  const pair = await seedKeyPair(seeder, ctx, orgnr, `mottakersystem:${username}`);
  const { certificatePem } = pair;
  const login = await withTransaction(ctx, (trx) => findMottakersystemLogin(trx, username));
  const { admin } = seeder.access;
  if (!login) await admin.createMottakersystem(ctx, { username, name, certificatePem, password });
  else if (!verifySecret(password, login.password_hash))
    await setPassword(ctx, 'mottakersystem_login', username, password);
  if (login && login.certificate_pem !== certificatePem)
    await admin.setMottakersystemCertificate(ctx, username, certificatePem);
  return { username, password, orgnr, ...pair };
}

/** The stored password was derived from another master key. */
async function setPassword(
  ctx: Ctx,
  table: 'account_v1' | 'mottakersystem_login',
  username: string,
  password: string,
): Promise<void> {
  const { passwordHash } = newPassword(password);
  await withTransaction(ctx, async (trx) => {
    await updateAccountPassword(trx, table, username, passwordHash);
    await recordChange(trx, 'demo.reset-password', username);
  });
}

/** The key pair stored under `label`, or a new one when there is none, it does not open, or its certificate runs out. */
async function seedKeyPair(
  { masterKey }: Seeder,
  ctx: Ctx,
  orgnr: string,
  label: string,
): Promise<SelfSigned> {
  const now = ctx.now().getTime();
  const aad = `access.demo_secret:${ctx.tenant}:${label}`;
  const stored = await withTransaction(ctx, (trx) => openKeyPair(trx, masterKey, label, aad));
  if (stored && new X509Certificate(stored.certificatePem).validToDate.getTime() > now + RENEW_BEFORE_MS)
    return stored;
  const pair = await createSelfSigned({
    commonName: `Grunnmur demo ${orgnr}`,
    organisationNumber: orgnr,
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + CERTIFICATE_LIFE_MS),
  });
  const wrapped = wrapSecret(masterKey, Buffer.from(JSON.stringify(pair)), aad);
  await withTransaction(ctx, (trx) => putDemoSecret(trx, label, wrapped));
  return pair;
}

async function openKeyPair(
  trx: Trx,
  masterKey: Uint8Array,
  label: string,
  aad: string,
): Promise<SelfSigned | undefined> {
  const wrapped = await findDemoSecret(trx, label);
  if (!wrapped) return undefined;
  try {
    return JSON.parse(unwrapSecret(masterKey, wrapped, aad).toString('utf8')) as SelfSigned;
  } catch {
    return undefined;
  }
}

function tenantOf({ tenants }: Seeder, orgnr: string): Ctx {
  const ctx = tenants.get(orgnr);
  if (!ctx) throw new Error(`The demonstration refers to organisation ${orgnr}, which is not one of its own`);
  return ctx;
}

function derive({ masterKey }: Seeder, label: string): string {
  return createHmac('sha256', masterKey).update(`demo:${label}`).digest('base64url');
}

/** A UUID of version 8 (RFC 9562 §5.8): its bits are ours to choose. */
function deriveUuid({ masterKey }: Seeder, label: string): string {
  const bytes = createHmac('sha256', masterKey).update(`demo:${label}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
