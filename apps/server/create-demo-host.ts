import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createTokenVerifier, type TokenVerifier } from '@grunnmur/kernel/auth';
import { withCtx } from '@grunnmur/kernel/ctx';
import type { DemoHost, OutgoingIdentity } from '@grunnmur/kernel/room';
import { type Assembly, machineNow } from './assembly.ts';
import { createDemoClock } from './demo-clock.ts';
import { ROOMS } from './rooms.ts';
import { demoKeyPair, demoSecret } from './secrets.ts';

/** What the rooms of a demonstration share. `identity` is asked for when a simulator is first called. */
export async function createDemoHost(
  { config, systemCtx }: Assembly,
  identity: () => OutgoingIdentity,
): Promise<DemoHost> {
  const { dataDir } = config;
  const clock = createDemoClock();
  const recordsDir = join(dataDir, 'simulators');
  await mkdir(recordsDir, { recursive: true, mode: 0o700 });
  let verifier: TokenVerifier | undefined;
  return {
    clock,
    recordsDir,
    ctx: withCtx(systemCtx, { now: clock.now }),
    ownScopes: [...new Set(ROOMS.flatMap(({ scopes }) => scopes ?? []))],
    scopes: async (token) => {
      const { issuer } = identity();
      verifier ??= createTokenVerifier({
        issuers: [{ issuer, keys: { jwksUri: `${issuer}jwk` } }],
        now: machineNow,
      });
      const verified = await verifier.verify(token).catch(() => undefined);
      return verified ? [...verified.scopes] : null;
    },
    keyPair: (name, orgnr) => demoKeyPair(dataDir, name, orgnr, machineNow()),
    secret: (name, make) => demoSecret(dataDir, name, make),
  };
}
