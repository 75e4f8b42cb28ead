import type { Access } from '@grunnmur/access';
import type { Exchange } from '@grunnmur/exchange';
import type { Ctx } from '@grunnmur/kernel/ctx';
import type { Locale } from '@grunnmur/kernel/i18n';
import type { Post } from '@grunnmur/post';
import type { FastifyRequest } from 'fastify';

/**
 * The client that is registered with the login service: redirect address `{publicUrl}/logg-inn/retur`, address after
 * logging out `{publicUrl}/logget-ut`, front- and back-channel logout `{publicUrl}/logg-ut/idporten` with session,
 * authentication by `client_secret_basic`.
 */
export interface PortalOidc {
  /** Issuer with discovery at `/.well-known/openid-configuration`: ID-porten or its simulator. */
  readonly issuer: () => string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Take a login service that says it is a demonstration's, where anybody is anybody. */
  readonly demonstration: boolean;
}

/** Who runs the portal; shown on every page and in the accessibility statement. */
export interface PortalOperator {
  readonly name: string;
  /** Answers questions and feedback on accessibility. */
  readonly contactEmail: string;
  /** Address of the published accessibility statement (uustatus.no) in production. */
  readonly accessibilityStatementUrl?: string;
}

/**
 * How a person hears of new letters, by the contact register: by notice, not at all since she has opted out of digital
 * mail, or not at all since it has no address of hers that is up to date.
 */
export type ContactStatus = 'notified' | 'reserved' | 'unreachable';

export interface PortalOptions {
  readonly post: Post;
  readonly access: Pick<
    Access,
    | 'createSession'
    | 'findSession'
    | 'endSession'
    | 'listSessions'
    | 'endOwnSession'
    | 'endOtherSessions'
    | 'endSessionsOf'
    | 'findOrganisation'
  >;
  /** Messages between systems, for staff who may look at them; without it there are no such pages. */
  readonly exchange?: Exchange;
  readonly oidc: PortalOidc;
  /**
   * Address that browsers use, without a slash at its end; asked for when a request needs it. Cookies are `__Host-`
   * and secure when it is https.
   */
  readonly publicUrl: () => string;
  /** The acting context of a request before anybody is identified. */
  readonly baseCtx: (request: FastifyRequest) => Ctx;
  /** Invented people and simulators: said on every page. */
  readonly demonstration: boolean;
  readonly operator: PortalOperator;
  /** Written form of a reader who has not chosen one; default bokmål. */
  readonly defaultLocale?: Locale;
  /** `locales/` folders of the rooms whose events and errors the pages show. */
  readonly roomLocales?: readonly URL[];
  /** The reader's own name for the page head; without it the pages show none. */
  readonly personName?: (ctx: Ctx, fnr: string) => Promise<string | undefined>;
  /**
   * What the contact register says of the reader; undefined when it cannot be asked now. Without it the pages promise
   * no notice.
   */
  readonly contactStatus?: (ctx: Ctx, fnr: string) => Promise<ContactStatus | undefined>;
}
