import { readFileSync } from 'node:fs';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';

const Integration = Type.Object({
  name: Type.String(),
  orgnr: Type.String(),
  clientId: Type.String(),
  integrasjonId: Type.String(),
  integrasjonPassord: Type.String(),
  privateKeyPem: Type.String(),
  certificatePem: Type.String(),
  svarutKontoIds: Type.Array(Type.String()),
});

/** Logins and invented people of an installation: the content of `demo-access.json`. */
export const Access = Type.Object({
  baseUrl: Type.String(),
  issuer: Type.String(),
  tokenEndpoint: Type.String(),
  organisations: Type.Array(Type.Object({ orgnr: Type.String(), name: Type.String() })),
  integrations: Type.Array(Integration, { minItems: 1 }),
  svarutV1Accounts: Type.Array(
    Type.Object({
      username: Type.String(),
      password: Type.String(),
      orgnr: Type.String(),
      kontoId: Type.String(),
    }),
  ),
  mottakersystemer: Type.Array(
    Type.Object({ username: Type.String(), password: Type.String(), orgnr: Type.String() }),
  ),
  /** The queues of Fiks IO; absent in an installation without. */
  amqp: Type.Optional(
    Type.Object({
      host: Type.String(),
      /** Null when nothing listens there. */
      port: Type.Union([Type.Integer(), Type.Null()]),
      tlsPort: Type.Union([Type.Integer(), Type.Null()]),
      /** Authority of the TLS certificate. */
      caPem: Type.String(),
    }),
  ),
  /** Kontoer that exchange messages; the first two belong to different organisations and take any type from each other. */
  fiksIoAccounts: Type.Optional(
    Type.Array(
      Type.Object({
        kontoId: Type.String(),
        orgnr: Type.String(),
        name: Type.String(),
        integrasjonId: Type.String(),
        privateKeyPem: Type.String(),
        certificatePem: Type.String(),
      }),
    ),
  ),
  persons: Type.Array(Type.Object({ fnr: Type.String(), name: Type.String(), situation: Type.String() })),
});
export type Access = Static<typeof Access>;

/** Reads and checks the file; the message says what is wrong with it and never what stands in it. */
export function readAccess(file: string): Access {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} cannot be read as JSON (${(error as NodeJS.ErrnoException).code ?? 'syntax'}).`);
  }
  if (Value.Check(Access, content)) return content;
  const places = Value.Errors(Access, content).map((error) => error.instancePath || '/');
  throw new Error(`${file} does not have the expected shape; see: ${[...new Set(places)].join(', ')}`);
}
