import type { TrustedIssuer } from '@grunnmur/kernel/auth';
import type { Database } from '@grunnmur/kernel/db';
import type { Logger } from '@grunnmur/kernel/log';
import type { LoginClient } from '@grunnmur/kernel/room';
import type { Elapsed } from '@grunnmur/kernel/time';
import type { OrganisationNumberRules, PersonNumberRules } from '@grunnmur/registers';
import type { SessionLimits } from './service/sessions.ts';

/** A token issuer of our own, for demonstrations and closed installations. */
export interface BuiltInIssuer {
  /** Path below the public address, with a slash at each end. Default `/maskinporten/`. */
  readonly path?: string;
  /**
   * PEM certificates of the authorities whose enterprise certificates are accepted without being registered with a
   * client. They must issue such certificates directly: clients send no chain. Revocation is not checked.
   */
  readonly trustAnchorsPem?: readonly string[];
  /** It belongs to a demonstration, and says so in its metadata. */
  readonly demonstration?: boolean;
  /** How far clocks may be apart, s. Default 10. */
  readonly clockSkewS?: number;
  /** Life of an access token, s. Default 120. */
  readonly tokenLifetimeS?: number;
}

/** A person to choose on the simulator's login page. */
export interface DemoPerson {
  readonly fnr: string;
  readonly name: string;
  /** Key of a heading: `access.idporten.situation.<situation>`. */
  readonly situation: string;
}

/** Logs anybody in as anybody: demonstration only. */
export interface IdportenSimulator {
  /** Path below the public address, without a slash at its end. Default `/idporten`. */
  readonly path?: string;
  readonly persons: () => readonly DemoPerson[] | Promise<readonly DemoPerson[]>;
  readonly client: LoginClient;
}

export interface AccessOptions {
  readonly db: Database;
  readonly log: Logger;
  readonly now: () => Date;
  /** For durations. Default: the monotonic clock. */
  readonly elapsedMs?: Elapsed;
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
  /** Public address of the installation without a slash at its end; asked for when a request needs it. */
  readonly publicUrl: () => string;
  /** What a token's `aud` may name beside it, with what is below each. Default: nothing. */
  readonly audiences?: readonly string[];
  /** Issuers whose access tokens are accepted beside the built-in one. */
  readonly trustedIssuers?: readonly TrustedIssuer[];
  readonly clockSkewS?: number;
  readonly issuer?: BuiltInIssuer;
  readonly idporten?: IdportenSimulator;
  readonly session?: SessionLimits;
  /** Numbers of persons that may log in, have a role or a token: a demonstration takes invented ones only. Default: all. */
  readonly personNumbers?: PersonNumberRules;
  /** Numbers of organisations that may be registered: production takes no invented ones. Default: all. */
  readonly organisationNumbers?: OrganisationNumberRules;
}
