import type { Ctx } from '@grunnmur/kernel/ctx';
import type { JWK } from 'jose';
import type { Organisation, OrganisationKind, Role } from './contract.ts';

export interface NewOrganisation {
  readonly orgnr: string;
  /** 1–200 characters. */
  readonly name: string;
  readonly language?: 'nb' | 'nn';
  readonly kind: OrganisationKind;
  /** Id of the organisation this one belongs to. */
  readonly parent?: string;
}

export interface NewIntegration {
  /** Default: a new UUID. */
  readonly id?: string;
  readonly name: string;
  /** The number that must be the consumer of the caller's tokens. */
  readonly authorisedOrgnr: string;
  readonly system?: string;
  /** When given, only tokens issued to these client ids are accepted. At most 50. */
  readonly clientIds?: readonly string[];
  /** Only for demonstrations, where it must be the same at each start: at least 32 characters. */
  readonly password?: string;
}

export interface NewAccount {
  /** 1–100 characters, no colon (RFC 7617). */
  readonly username: string;
  readonly kontoId: string;
  readonly password?: string;
}

export interface NewMottakersystem {
  readonly id?: string;
  readonly username: string;
  readonly name: string;
  readonly certificatePem: string;
  readonly password?: string;
}

/** A client of the built-in token issuer. Its tokens name the tenant as consumer (or as supplier when delegated). */
export interface NewOauthClient {
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Public RSA keys, each with a `kid`, that the client signs its requests with. At most 10. */
  readonly keys?: readonly JWK[];
  /** Certificates accepted in `x5c`, known by the SHA-256 of their DER bytes (hex). At most 10. */
  readonly certificateFingerprints?: readonly string[];
}

export interface NewDelegation {
  readonly supplierOrgnr: string;
  readonly scope: string;
}

/**
 * Changes. Each acts in `ctx.tenant` and needs a system actor (the operator) or a person who is
 * organisasjonsadministrator there; otherwise `kernel.forbidden`. Each is written to the audit log in the same
 * transaction. Unknown ids are `access.not_found`; broken rules `kernel.validation`.
 */
export interface AccessAdmin {
  /** System actor only. `access.organisation_exists` (409) when the number is taken. */
  createOrganisation(ctx: Ctx, input: NewOrganisation): Promise<Organisation>;
  /** Stops (or resumes) every login of the organisation. System actor only. */
  setOrganisationActive(ctx: Ctx, active: boolean): Promise<void>;
  createSystem(ctx: Ctx, input: { name: string }): Promise<{ id: string }>;
  setSystemActive(ctx: Ctx, id: string, active: boolean): Promise<void>;

  /** The password is in this answer and nowhere else. */
  createIntegration(ctx: Ctx, input: NewIntegration): Promise<{ integrationId: string; password: string }>;
  rotateIntegrationPassword(ctx: Ctx, integrationId: string): Promise<{ password: string }>;
  setIntegrationActive(ctx: Ctx, integrationId: string, active: boolean): Promise<void>;
  /** Lets an integration, the tenant's own or a supplier's, use one of the tenant's resources. Repeating it changes nothing. */
  grant(ctx: Ctx, integrationId: string, resourceKind: string, resourceId: string): Promise<void>;
  revokeGrant(ctx: Ctx, integrationId: string, resourceKind: string, resourceId: string): Promise<void>;

  createAccount(ctx: Ctx, input: NewAccount): Promise<{ password: string }>;
  rotateAccountPassword(ctx: Ctx, username: string): Promise<{ password: string }>;
  setAccountActive(ctx: Ctx, username: string, active: boolean): Promise<void>;

  createMottakersystem(ctx: Ctx, input: NewMottakersystem): Promise<{ id: string; password: string }>;
  rotateMottakersystemPassword(ctx: Ctx, username: string): Promise<{ password: string }>;
  setMottakersystemCertificate(ctx: Ctx, username: string, certificatePem: string): Promise<void>;
  setMottakersystemActive(ctx: Ctx, username: string, active: boolean): Promise<void>;

  addRole(ctx: Ctx, fnr: string, role: Role): Promise<void>;
  removeRole(ctx: Ctx, fnr: string, role: Role): Promise<void>;

  createOauthClient(ctx: Ctx, input: NewOauthClient): Promise<void>;
  /** Replaces keys and fingerprints; give the old ones too while both are in use. */
  setOauthClientKeys(
    ctx: Ctx,
    clientId: string,
    keys: Pick<NewOauthClient, 'keys' | 'certificateFingerprints'>,
  ): Promise<void>;
  setOauthClientActive(ctx: Ctx, clientId: string, active: boolean): Promise<void>;
  /** Lets `supplierOrgnr` ask for tokens with the tenant as consumer. */
  addDelegation(ctx: Ctx, input: NewDelegation): Promise<void>;
  removeDelegation(ctx: Ctx, input: NewDelegation): Promise<void>;

  /**
   * Makes the issuer's next signing key. It is published at once and used after the time that verifiers may cache
   * keys (24 h); `immediately` withdraws the present key instead, for when it may be known to others. System actor only.
   */
  rotateSigningKey(ctx: Ctx, options?: { immediately?: boolean }): Promise<{ kid: string; activeFrom: Date }>;
}
