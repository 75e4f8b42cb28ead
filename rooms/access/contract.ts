import type { Actor, Ctx } from '@grunnmur/kernel/ctx';
import { contractOf } from '@grunnmur/kernel/room';
import type { AccessAdmin } from './admin-contract.ts';
import type { DemoAccess } from './demo/demo-access.ts';

export type * from './admin-contract.ts';
export {
  type AuthenticateDeps,
  authenticateIntegrations,
  type Caller,
  caller,
} from './authenticate-integrations.ts';
export type { DemoAccess } from './demo/demo-access.ts';
export { DEMO_KONTO, DEMO_ORGNR } from './demo/ids.ts';
export { ACCOUNT_LOGIN, INTEGRATION_LOGIN } from './login-descriptions.ts';

/** Kind of resource under which a SvarUt-konto is granted to an integration. */
export const SVARUT_KONTO = 'svarut.konto';

/** The right of an integration to use one resource of one organisation, e.g. kind `svarut.konto`. */
export interface Grant {
  readonly resourceKind: string;
  readonly resourceId: string;
  /** Organisation that owns the resource: the tenant to act in. */
  readonly tenant: string;
}

/** An integration whose token and password have been checked. */
export interface IntegrationPrincipal {
  readonly kind: 'integration';
  readonly integrationId: string;
  readonly name: string;
  /** The authorised organisation: the token's consumer. Often the supplier's number, not the municipality's. */
  readonly orgnr: string;
  /** Organisation that owns the integration. */
  readonly tenant: string;
  readonly grants: readonly Grant[];
  /** Ready for `ctx.actor`. */
  readonly actor: Actor;
}

/** A SvarUt v1 account: acts for exactly one konto. */
export interface AccountPrincipal {
  readonly kind: 'integration';
  readonly username: string;
  readonly tenant: string;
  readonly kontoId: string;
  /** The organisation that owns the account. */
  readonly orgnr: string;
  readonly actor: Actor;
}

/** A receiving system of SvarInn. */
export interface MottakersystemPrincipal {
  readonly kind: 'integration';
  readonly mottakersystemId: string;
  readonly username: string;
  readonly tenant: string;
  readonly orgnr: string;
  /** Certificate that letters to the system are encrypted for. */
  readonly certificatePem: string;
  readonly actor: Actor;
}

/**
 * The three headers of every call to a Fiks service (Fiks-plattformen: autentisering), as they came. White space around id and
 * password counts for nothing, in whatever form they came: published clients differ in whether they take it off.
 */
export interface IntegrationCredentials {
  readonly authorization: string | undefined;
  readonly integrasjonId: string | undefined;
  readonly integrasjonPassord: string | undefined;
  /** The caller's network address; failures are limited per credential and address. */
  readonly address?: string;
}

export interface Organisation {
  readonly id: string;
  readonly orgnr: string;
  readonly name: string;
  /** Written form of Norwegian that the organisation writes in. */
  readonly language: 'nb' | 'nn';
  readonly kind: OrganisationKind;
  readonly parent: string | null;
  readonly active: boolean;
}

export type OrganisationKind = 'kommune' | 'fylkeskommune' | 'stat' | 'leverandor' | 'annet';

export const ROLES = [
  'organisasjonsadministrator',
  'kontoadministrator',
  'avsender',
  'loggleser',
  'postarkiv',
] as const;

export type Role = (typeof ROLES)[number];

export interface PersonRole {
  readonly organisation: Organisation;
  readonly role: Role;
}

/** A login to the portal. */
export interface Session {
  readonly fnr: string;
  /** 3 substantial (betydelig), 4 high (høyt). */
  readonly level: 3 | 4;
  /** For the login service's end-session endpoint. */
  readonly idToken: string | undefined;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface NewSession {
  readonly fnr: string;
  readonly level: 3 | 4;
  readonly idToken?: string;
  /** The login service's names of its session and of the person, by which it may end ours. */
  readonly sid?: string;
  readonly sub?: string;
  /** Program and system in small letters, e.g. `firefox/windows`. */
  readonly device?: string;
}

/** A live login as its person sees it. */
export interface OwnSession {
  /** Names the session on pages; no use as a login. */
  readonly id: string;
  readonly level: 3 | 4;
  readonly device: string | undefined;
  readonly createdAt: Date;
  /** At most a minute old. */
  readonly lastSeenAt: Date;
  /** The one that asks. */
  readonly current: boolean;
}

/** What other rooms and apps may ask the access room. */
export interface Access {
  /**
   * Checks token, integration and password together. Throws
   * - `access.token_invalid` (401): the token itself, its scope `ks:fiks` or its consumer (`params.reason`);
   * - `access.integration_unauthenticated` (401): unknown integration, wrong password or wrong organisation, alike in
   *   text and time, so that the answer does not tell which;
   * - `kernel.rate_limited` (429) after repeated failures from one address;
   * - `auth.issuer_unavailable` (503).
   *
   * The answer for the same three values is remembered for at most 5 s: a disabled integration, a new password or a
   * withdrawn grant takes effect everywhere within 5 s (at once in the process that made the change).
   */
  authenticateIntegration(credentials: IntegrationCredentials): Promise<IntegrationPrincipal>;
  /** `Authorization: Basic` of a SvarUt v1 account. Throws `access.account_unauthenticated` (401). Remembered likewise. */
  authenticateAccount(authorization: string | undefined, address?: string): Promise<AccountPrincipal>;
  /** `Authorization: Basic` of a mottakersystem. Throws `access.account_unauthenticated` (401). Remembered likewise. */
  authenticateMottakersystem(
    authorization: string | undefined,
    address?: string,
  ): Promise<MottakersystemPrincipal>;

  /** Public facts about an organisation here, `null` when it is not registered. May be up to 5 s old. */
  findOrganisation(ctx: Ctx, by: { id: string } | { orgnr: string }): Promise<Organisation | null>;
  /** Active organisations in order of name; at most 1000. */
  listOrganisations(ctx: Ctx): Promise<Organisation[]>;
  /** Roles of the person who is `ctx.actor`, in active organisations; empty for any other kind of actor. */
  rolesOf(ctx: Ctx): Promise<PersonRole[]>;

  /** Starts a portal session. `token` is the cookie's value; only its hash is stored. */
  createSession(ctx: Ctx, input: NewSession): Promise<{ token: string; session: Session }>;
  /** The live session of a cookie, or `null`: unknown, idle for too long, past its absolute end, or ended. */
  findSession(ctx: Ctx, token: string): Promise<Session | null>;
  /** Ends a session and returns what it was; `null` when there was none. */
  endSession(ctx: Ctx, token: string): Promise<Session | null>;
  /** Live sessions of the person who is `ctx.actor`, the newest first; at most 100. `token` is the asking one's. */
  listSessions(ctx: Ctx, token: string): Promise<OwnSession[]>;
  /** Ends one of the actor's own sessions; false when there is none with that id. */
  endOwnSession(ctx: Ctx, id: string): Promise<boolean>;
  /** Ends all of the actor's own sessions but that of `token`; how many. */
  endOtherSessions(ctx: Ctx, token: string): Promise<number>;
  /** Ends the sessions that the login service names: one by `sid`, all of a person by `sub` alone; how many. */
  endSessionsOf(ctx: Ctx, named: { readonly sid?: string; readonly sub?: string }): Promise<number>;

  readonly admin: AccessAdmin;
}

/** What the room gives to others. */
export interface AccessContract extends Access {
  /** Issuer identifier of the login simulator; undefined when people log in elsewhere. */
  loginIssuer(): string | undefined;
  /** What a demonstration has for machines to log in with. Throws before it is seeded, and in production. */
  demonstration(): DemoAccess;
}

export const ACCESS = contractOf<AccessContract>('access');

/** The grant that lets `principal` use the resource, or `undefined`: answer then as if the resource did not exist. */
export function grantFor(
  principal: IntegrationPrincipal,
  resourceKind: string,
  resourceId: string,
): Grant | undefined {
  return principal.grants.find(
    (grant) => grant.resourceId === resourceId && grant.resourceKind === resourceKind,
  );
}
