import type { FieldError } from '@grunnmur/kernel/errors';
import { describe, parseBodies as parseJsonBodies } from '@grunnmur/kernel/http';
import type { FastifyInstance } from 'fastify';
import { ExchangeError } from '../../errors.ts';

const MAX_JSON_BYTES = 262_144;

/** Makes a face read JSON by the platform's rules, and name its fields as these faces do: `eksponertFor.0.type`. */
export function parseBodies(scope: FastifyInstance): void {
  parseJsonBodies(scope, { maxJsonBytes: MAX_JSON_BYTES, invalid });
}

function invalid(faults: readonly FieldError[]) {
  const fields = faults.map((fault) => ({
    ...fault,
    field: fault.field.replace(/^\//, '').replaceAll('/', '.'),
  }));
  return ExchangeError.invalid({ params: { detail: describe(fields) }, fields });
}
