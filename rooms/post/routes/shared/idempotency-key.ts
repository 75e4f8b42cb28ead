import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { invalidField } from '../../service/invalid-content.ts';

/** `reads.headers` of a send call. */
export const IDEMPOTENCY_HEADER = Type.Object({
  'Idempotency-Key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'Samme nøkkel med samme innhold svarer med den første forsendelsens id',
    }),
  ),
});

/** The `Idempotency-Key` header of a send call: 1–255 printable ASCII characters. Throws `post.invalid`. */
export function idempotencyKey(request: FastifyRequest): string | undefined {
  const value = request.headers['idempotency-key'];
  if (value === undefined) return undefined;
  const key = Array.isArray(value) ? value.join(', ') : value;
  if (/^[\x20-\x7e]{1,255}$/.test(key)) return key;
  throw invalidField('/Idempotency-Key', 'idempotencyKey', '1–255 skrivbare ASCII-tegn');
}
