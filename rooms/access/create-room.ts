import { X509Certificate } from 'node:crypto';
import { createTokenVerifier, type TokenVerifier, type TrustedIssuer } from '@grunnmur/kernel/auth';
import type { Ctx } from '@grunnmur/kernel/ctx';
import type { Schedule } from '@grunnmur/kernel/jobs';
import type { Room } from '@grunnmur/kernel/room';
import { DAY_MS, elapsedMs, HOUR_MS, MINUTE_MS } from '@grunnmur/kernel/time';
import type { AccessOptions } from './access-options.ts';
import type { Access, AccessAdmin, Organisation } from './contract.ts';
import type { DemoAccess } from './demo/demo-access.ts';
import { registerIdporten } from './idporten/register-idporten.ts';
import type { IssuerOptions } from './issuer/issue-token.ts';
import { registerIssuerFace, registerIssuerMetadata } from './routes/issuer-face.ts';
import { type AccessDeps, anonymousCtx } from './service/access-deps.ts';
import {
  createAuthenticateAccount,
  createAuthenticateMottakersystem,
} from './service/authenticate-account.ts';
import { createAuthenticateIntegration } from './service/authenticate-integration.ts';
import { createApplyChange } from './service/change.ts';
import { createLookups } from './service/find-organisations.ts';
import { createLoginCaches } from './service/login-caches.ts';
import { createLoginGuard } from './service/login-guard.ts';
import { createManageAccounts } from './service/manage-accounts.ts';
import { createManageIntegrations } from './service/manage-integrations.ts';
import { createManageOauthClients } from './service/manage-oauth-clients.ts';
import { createManageOrganisations } from './service/manage-organisations.ts';
import { purgeExpired } from './service/purge-expired.ts';
import { requireOperator } from './service/require-admin.ts';
import {
  type DemoInput,
  type DemoOrganisation,
  seedDemo,
  seedDemoOrganisations,
} from './service/seed-demo.ts';
import { createSessions } from './service/sessions.ts';
import { createSigningKeys, type SigningKeys } from './service/signing-keys.ts';

export type {
  AccessOptions,
  BuiltInIssuer,
  DemoPerson,
  IdportenSimulator,
} from './access-options.ts';
export type { DemoInput, DemoOrganisation } from './service/seed-demo.ts';

/** After this long the issuer's signing key is replaced by itself. */
const KEY_LIFE_MS = 180 * DAY_MS;

export interface AccessRoom {
  readonly room: Room;
  readonly access: Access;
  /** Issuer identifier of the built-in issuer (with its trailing slash), or `undefined` when it is switched off. */
  readonly issuer: () => string | undefined;
  /** Issuer identifier of the ID-porten simulator, or `undefined` when it is switched off. */
  readonly idportenIssuer: () => string | undefined;
  /** Demonstration only: creates the missing organisations, so that others can hang their own rows on them. */
  readonly seedDemoOrganisations: (
    ctx: Ctx,
    organisations: readonly DemoOrganisation[],
  ) => Promise<Organisation[]>;
  /** Demonstration only: creates what is missing and gives what a script needs to log in; the same at each start. */
  readonly seedDemo: (ctx: Ctx, input: DemoInput) => Promise<DemoAccess>;
}

/** Builds the room. Nothing is read or started before `room.start`. */
export function createAccessRoom(options: AccessOptions): AccessRoom {
  const { db, log, now, masterKey, elapsedMs: elapsed = elapsedMs } = options;
  const caches = createLoginCaches(now, elapsed);
  const issuerKeys = createSigningKeys({ db, log, now, elapsedMs: elapsed, masterKey }, 'issuer');
  const issuerOptions = builtInIssuer(options);
  let verifier: TokenVerifier | undefined;
  const deps: AccessDeps = {
    db,
    log,
    now,
    elapsedMs: elapsed,
    masterKey,
    caches,
    guard: createLoginGuard(now, elapsed),
    audiences: () => [options.publicUrl(), ...(options.audiences ?? [])],
    verifier: () => {
      verifier ??= createTokenVerifier({
        issuers: trustedIssuers(options, issuerOptions, issuerKeys),
        now,
        elapsedMs: elapsed,
        ...(options.clockSkewS === undefined ? {} : { clockSkewS: options.clockSkewS }),
      });
      return verifier;
    },
  };
  const access = createAccess(deps, options, issuerKeys);
  return {
    access,
    room: createManifest(deps, options, issuerOptions, issuerKeys),
    issuer: () => issuerOptions?.issuer(),
    idportenIssuer: () => options.idporten && `${options.publicUrl()}${idportenPath(options)}`,
    seedDemoOrganisations: (ctx, organisations) => seedDemoOrganisations(ctx, access, organisations),
    seedDemo: (ctx, input) => seedDemo(ctx, access, masterKey, input),
  };
}

function createAccess(deps: AccessDeps, options: AccessOptions, keys: SigningKeys): Access {
  const apply = createApplyChange(deps.caches);
  const admin: AccessAdmin = {
    ...createManageOrganisations(apply, deps.caches, options.personNumbers, options.organisationNumbers),
    ...createManageIntegrations(apply),
    ...createManageAccounts(apply),
    ...createManageOauthClients(apply),
    rotateSigningKey: async (ctx, rotation) => {
      requireOperator(ctx);
      return keys.rotate(ctx, rotation);
    },
  };
  return {
    authenticateIntegration: createAuthenticateIntegration(deps),
    authenticateAccount: createAuthenticateAccount(deps),
    authenticateMottakersystem: createAuthenticateMottakersystem(deps),
    ...createLookups(deps.caches),
    ...createSessions(options.session ?? {}, options.personNumbers),
    admin,
  };
}

function createManifest(
  deps: AccessDeps,
  options: AccessOptions,
  issuerOptions: IssuerOptions | undefined,
  keys: SigningKeys,
): Room {
  let flushing: NodeJS.Timeout | undefined;
  const flush = () =>
    deps.guard.refusals
      .flush(anonymousCtx(deps))
      .catch((error: unknown) => deps.log.error({ err: error }, 'refused logins could not be written'));
  return {
    name: 'access',
    routes: async (app) => {
      if (issuerOptions) {
        const prefix = issuerPath(options).slice(0, -1);
        await registerIssuerFace(app, prefix, deps, keys, issuerOptions);
        await registerIssuerMetadata(app, prefix, issuerOptions);
      }
      if (options.idporten)
        await registerIdporten(app, idportenPath(options), deps, options.idporten, options.publicUrl);
    },
    // Each process has its own counts, so this is a timer and not a schedule.
    start: async () => {
      flushing = setInterval(flush, MINUTE_MS).unref();
    },
    stop: async () => {
      clearInterval(flushing);
      await flush();
    },
    schedules: schedules(issuerOptions ? keys : undefined),
  };
}

function schedules(keys: SigningKeys | undefined): Schedule[] {
  const purge: Schedule = { name: 'access.purge', everyMs: HOUR_MS, run: purgeExpired };
  if (!keys) return [purge];
  const rotate: Schedule = {
    name: 'access.rotate-signing-key',
    everyMs: DAY_MS,
    run: async (ctx) => {
      if (await keys.newestOlderThan(KEY_LIFE_MS)) await keys.rotate(ctx);
    },
  };
  return [purge, rotate];
}

function builtInIssuer(options: AccessOptions): IssuerOptions | undefined {
  if (!options.issuer) return undefined;
  const {
    demonstration = false,
    trustAnchorsPem = [],
    clockSkewS = 10,
    tokenLifetimeS = 120,
  } = options.issuer;
  return {
    issuer: () => `${options.publicUrl()}${issuerPath(options)}`,
    demonstration,
    trustAnchors: trustAnchorsPem.map((pem) => new X509Certificate(pem)),
    clockSkewS,
    tokenLifetimeS,
    personNumbers: options.personNumbers ?? {},
  };
}

function trustedIssuers(
  options: AccessOptions,
  issuerOptions: IssuerOptions | undefined,
  keys: SigningKeys,
): TrustedIssuer[] {
  const others = [...(options.trustedIssuers ?? [])];
  if (!issuerOptions) return others;
  // Our own keys come from our own database: a minute's cache makes an immediate rotation immediate.
  return [...others, { issuer: issuerOptions.issuer(), keys: { load: keys.published, cacheMs: MINUTE_MS } }];
}

function issuerPath(options: AccessOptions): string {
  return options.issuer?.path ?? '/maskinporten/';
}

function idportenPath(options: AccessOptions): string {
  return options.idporten?.path ?? '/idporten';
}
