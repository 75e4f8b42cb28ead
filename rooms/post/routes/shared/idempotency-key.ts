import type { FastifyRequest } from 'fastify';
import { invalidField } from '../../service/invalid-content.ts';

/** The `Idempotency-Key` header of a send call: 1–255 printable ASCII characters. Throws `post.invalid`. */
export function idempotencyKey(request: FastifyRequest): string | undefined {
  const value = request.headers['idempotency-key'];
  if (value === undefined) return undefined;
  const key = Array.isArray(value) ? value.join(', ') : value;
  if (/^[\x20-\x7e]{1,255}$/.test(key)) return key;
  throw invalidField('/Idempotency-Key', 'idempotencyKey', '1–255 skrivbare ASCII-tegn');
}
