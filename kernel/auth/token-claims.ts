import type { JWTPayload } from 'jose';

/** An organisation as Maskinporten names it: ISO 6523, `0192:<orgnr>` for Norwegian organisation numbers. */
export interface ActorId {
  readonly authority: string;
  readonly ID: string;
}

/** A token whose signature, issuer, audience and times have been checked. */
export interface VerifiedToken {
  readonly issuer: string;
  readonly subject: string | undefined;
  readonly clientId: string | undefined;
  readonly audience: readonly string[];
  readonly scopes: ReadonlySet<string>;
  /** Organisation that the token acts for; the delegating one in a delegated token. */
  readonly consumer: ActorId | undefined;
  /** The one that calls on behalf of `consumer`; delegated tokens only. */
  readonly supplier: ActorId | undefined;
  /** National identity number; tokens from a login of a person, or restricted to one. Never log it. */
  readonly pid: string | undefined;
  readonly acr: string | undefined;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  /** Everything the token says, for what the fields above do not name. */
  readonly claims: Readonly<JWTPayload>;
}

const NORWEGIAN_ACTOR = /^0192:(\d{9})$/;

/** The nine digits of `0192:<orgnr>`, or `undefined` when the actor is absent or is not a Norwegian organisation. */
export function orgnrOf(actor: ActorId | undefined): string | undefined {
  if (actor?.authority !== 'iso6523-actorid-upis') return undefined;
  return NORWEGIAN_ACTOR.exec(actor.ID)?.[1];
}

/** Reads verified claims; claims of another type than expected count as absent. */
export function toVerifiedToken(
  claims: JWTPayload & { iss: string; iat: number; exp: number },
): VerifiedToken {
  return {
    issuer: claims.iss,
    subject: text(claims.sub),
    clientId: text(claims.client_id),
    audience: typeof claims.aud === 'string' ? [claims.aud] : (claims.aud ?? []),
    scopes: new Set((text(claims.scope) ?? '').split(' ').filter(Boolean)),
    consumer: actorId(claims.consumer),
    supplier: actorId(claims.supplier),
    pid: text(claims.pid),
    acr: text(claims.acr),
    issuedAt: new Date(claims.iat * 1000),
    expiresAt: new Date(claims.exp * 1000),
    claims,
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function actorId(value: unknown): ActorId | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { authority, ID } = value as Record<string, unknown>;
  return typeof authority === 'string' && typeof ID === 'string' ? { authority, ID } : undefined;
}
