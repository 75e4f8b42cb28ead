import type { IntegrationPrincipal } from '@grunnmur/access';
import { createAccessRoom } from '@grunnmur/access/create';
import { createSelfSigned, type SelfSigned } from '@grunnmur/kernel/crypto';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { createLogger } from '@grunnmur/kernel/log';
import { type TestDatabase, testDatabase } from '@grunnmur/kernel/testing';
import { createKontoAdmin } from '../service/kontoer/create-konto-admin.ts';
import { createKontoer } from '../service/kontoer/create-kontoer.ts';
import type { QueueCounts, Queues } from '../service/ports.ts';
import type { Konto } from '../types.ts';

/** Valid numbers of the synthetic series. */
export const KOMMUNE = '310000019';
export const LEVERANDOR = '310000027';
export const FYLKE = '310000108';
export const PUBLIC_URL = 'http://127.0.0.1:8080';

/** Queues kept in memory: what accounts ask of them, and what they were told. */
function memoryQueues() {
  const counts = new Map<string, QueueCounts>();
  const closed: Konto[] = [];
  const queues: Queues = {
    counts: async (_ctx, ids) => new Map([...counts].filter(([id]) => ids.includes(id))),
    close: async (trx, konto) => {
      trx.afterCommit(() => void closed.push(konto));
    },
  };
  return { queues, counts, closed };
}

/** The account services on a real database and a real access room. */
export async function createFixture(test?: TestDatabase, publicUrl: () => string = () => PUBLIC_URL) {
  const database = test ?? (await testDatabase());
  const clock = { now: new Date() };
  const now = () => clock.now;
  const log = createLogger({ level: 'silent' });
  const accessRoom = createAccessRoom({
    db: database.db,
    log,
    now,
    masterKey: new Uint8Array(32).fill(7),
    publicUrl,
    issuer: {},
  });
  const { access } = accessRoom;
  const memory = memoryQueues();
  const kontoer = createKontoer({ elapsedMs: () => clock.now.getTime() });
  const deps = { access, kontoer, queues: memory.queues };
  const admin = createKontoAdmin(deps);
  const operator = (tenant: string | null = null): Ctx =>
    database.ctx({ tenant, actor: { kind: 'system', id: 'operator' }, now });
  return { test: database, clock, log, accessRoom, access, kontoer, admin, deps, operator, ...memory };
}
export type Fixture = Awaited<ReturnType<typeof createFixture>>;

export interface TestSystem {
  readonly ctx: Ctx;
  readonly tenant: string;
  readonly systemId: string;
  readonly integrasjonId: string;
  readonly integrasjonPassord: string;
  readonly principal: IntegrationPrincipal;
}

export async function createOrganisation(fixture: Fixture, orgnr: string) {
  const organisation = await fixture.admin.createOrganisasjon(fixture.operator(), {
    orgnr,
    navn: `Eksempel ${orgnr}`,
    type: 'kommune',
  });
  return fixture.operator(organisation.id);
}

/** A system in the organisation of `ctx`, and who calls as it. */
export async function createTestSystem(
  fixture: Fixture,
  ctx: Ctx,
  input: Partial<Parameters<Fixture['admin']['createSystem']>[1]> = {},
): Promise<TestSystem> {
  const made = await fixture.admin.createSystem(ctx, { navn: 'Fagsystem', ...input });
  const tenant = ctx.tenant!;
  const actor = { kind: 'integration', id: made.integrasjonId, name: 'Fagsystem' } as const;
  const principal: IntegrationPrincipal = {
    kind: 'integration',
    integrationId: made.integrasjonId,
    name: 'Fagsystem',
    orgnr: KOMMUNE,
    tenant,
    grants: [],
    actor,
  };
  return { ...made, tenant, principal, ctx: withCtx(ctx, { actor }) };
}

let pair: Promise<SelfSigned> | undefined;
/** RSA keys are slow to make: the first one is shared. */
export function sharedKeys(): Promise<SelfSigned> {
  pair ??= newKeys();
  return pair;
}

export function newKeys(
  change: { notBefore?: Date; notAfter?: Date; orgnr?: string } = {},
): Promise<SelfSigned> {
  return createSelfSigned({
    commonName: 'Fagsystem',
    organisationNumber: change.orgnr ?? KOMMUNE,
    notBefore: change.notBefore ?? new Date(Date.now() - 86_400_000),
    notAfter: change.notAfter ?? new Date(Date.now() + 30 * 86_400_000),
  });
}
