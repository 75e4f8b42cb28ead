import type { AppError } from '@grunnmur/kernel/errors';
import { E } from '../errors.ts';

/** Error codes of RFC 6749 §5.2 and RFC 7523 §3.1 that the token endpoint answers with. */
export type TokenErrorCode = 'invalid_request' | 'invalid_grant' | 'invalid_scope' | 'unsupported_grant_type';

/** `description` tells a developer which rule was broken; it holds nothing that came with the request. */
export function tokenRefused(error: TokenErrorCode, description: string): AppError {
  return E.tokenRefused({ params: { error, description } });
}
