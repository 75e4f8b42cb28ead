import { defineErrors } from '../errors/index.ts';

export const AuthError = defineErrors('auth', {
  /**
   * `reason` is one of: missing, too_long, malformed, unknown_issuer, algorithm, unknown_key, signature, expired,
   * not_yet_valid, audience, claims. It names the rule, never a value from the token; `why` says it in words.
   */
  tokenInvalid: { status: 401, message: 'Access token kunne ikke valideres: {why}' },
  /** The issuer's keys could not be fetched: nothing is known about the token, so the same call may succeed later. */
  issuerUnavailable: {
    status: 503,
    retry: true,
    message: 'Nøklene til token-utstederen er ikke tilgjengelige nå',
  },
});
