import { findUnstorable } from '@grunnmur/kernel/db';
import { type AppError, type FieldError, KernelError } from '@grunnmur/kernel/errors';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ExchangeError } from '../../errors.ts';
import type { MeldingMetadata } from '../../protocols/validate-message.ts';

const MAX_BYTES = 65_536;

const Headere = Type.Record(Type.String({ maxLength: 200 }), Type.String({ maxLength: 8192 }));
const Meldingstype = Type.String({ minLength: 1, maxLength: 250 });
const Partnavn = Type.String({
  pattern: '^[A-Za-z0-9.\\-_]{1,200}$',
  'x-regel': 'kan bare ha bokstaver, tall, punktum, bindestrek og understrek, høyst 200 tegn',
});

/** Names are those of the send call where it has them (fiks-io §2.2), and an unknown one is a mistake. */
export const Metadata = Type.Object(
  {
    meldingstype: Meldingstype,
    svarPaMelding: Type.Optional(Type.String({ format: 'uuid' })),
    headere: Type.Optional(Headere),
    original: Type.Optional(
      Type.Object(
        { meldingstype: Meldingstype, headere: Type.Optional(Headere) },
        { additionalProperties: false },
      ),
    ),
    parter: Type.Optional(
      Type.Object({ avsender: Partnavn, mottaker: Partnavn }, { additionalProperties: false }),
    ),
    harKall: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
const validator = Compile(Metadata);

/** Reads the `metadata` part. Throws `exchange.invalid` naming field and rule. */
export async function readMetadata(body: AsyncIterable<Uint8Array>): Promise<MeldingMetadata> {
  const value = withoutNulls(parse(await collect(body)));
  if (validator.Check(value)) return value;
  throw invalidFields(validator.Errors(value).slice(0, 10).flatMap(toFieldErrors));
}

export function invalidPart(field: string, message: string): AppError {
  return invalidFields([{ field, rule: 'part', message }]);
}

function invalidFields(fields: readonly FieldError[]): AppError {
  const detail = fields.map(({ field, message, rule }) => `${field}: ${message ?? rule}`).join('; ');
  return ExchangeError.invalid({ params: { detail }, fields });
}

interface Violation {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: object;
}

function toFieldErrors({ keyword, instancePath, params }: Violation): FieldError[] {
  const field = `metadata${instancePath}`.replaceAll('/', '.');
  const each = (names: readonly string[], rule: string, message: string) =>
    names.map((name) => ({ field: `${field}.${name.slice(0, 60)}`, rule, message }));
  if ('requiredProperties' in params) {
    return each(params.requiredProperties as string[], 'required', 'mangler');
  }
  if ('additionalProperties' in params) {
    return each(params.additionalProperties as string[], 'unknown', 'er et ukjent felt');
  }
  return [{ field, rule: keyword, message: 'har feil form' }];
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_BYTES) throw KernelError.tooLarge({ params: { limit: MAX_BYTES } });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(bytes: Uint8Array): unknown {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw invalidPart('metadata', 'er ikke JSON i UTF-8');
  }
  const unstorable = findUnstorable(value);
  if (unstorable !== undefined) throw invalidPart(`metadata.${unstorable}`, 'har tegn som ikke er tillatt');
  return value;
}

/** The published clients write `null` for what is left out. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null));
}
