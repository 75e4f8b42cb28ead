import { ACCESS } from '@grunnmur/access';
import { withCtx } from '@grunnmur/kernel/ctx';
import type { DemoHost, RoomDemo, RoomHost } from '@grunnmur/kernel/room';
import { type Population, REGISTERS } from '@grunnmur/registers';
import type { Static } from 'typebox';
import type { PostRoom } from '../create-room.ts';
import { altinnSimulator, dpiSimulator, printSimulator } from '../external/simulators.ts';
import { seedPostDemo } from '../service/seed-demo.ts';
import type { Settings } from '../settings.ts';
import { demoPost } from './accounts.ts';
import { lacksDemoLetters, sendDemoLetters } from './send-letters.ts';

/** Accounts, receiving systems, the channels' other ends, and letters worth opening. */
export function createDemo(
  host: RoomHost,
  demo: DemoHost,
  post: PostRoom,
  env: Static<typeof Settings>,
): RoomDemo {
  const { population } = host.use(REGISTERS).invented!;
  return {
    simulated: ['Altinn', 'digital mailbox', 'print'],
    seed: () => seed(host),
    simulators: createSimulators(host, demo, population, Number(env.DEMO_PRINT_DELAY_SECONDS) * 1000),
    firstWork: async () => {
      const setup = { host, demo, post, population };
      if (env.DEMO_LETTERS !== 'true' || host.role !== 'all' || !(await lacksDemoLetters(setup)))
        return undefined;
      return () => sendDemoLetters(setup);
    },
  };
}

async function seed(host: RoomHost): Promise<void> {
  const access = host.use(ACCESS);
  const { organisations, mottakersystemer } = access.demonstration();
  const systems = mottakersystemer.map((system) => ({
    ...system,
    id: `22222222-2222-4222-8222-000${system.orgnr}`,
  }));
  const own = host.outgoing().identity.orgnr;
  for (const { orgnr } of organisations) {
    const organisation = await access.findOrganisation(host.systemCtx, { orgnr });
    const ctx = withCtx(host.systemCtx, { tenant: organisation!.id });
    await seedPostDemo(ctx, demoPost(orgnr, systems));
    // The organisations let the platform send to mailboxes on their behalf (Maskinporten: delegation).
    if (orgnr !== own)
      await access.admin.addDelegation(ctx, { supplierOrgnr: own, scope: 'digitalpostinnbygger:send' });
  }
}

/** The channels, answering over HTTP as the real ones do. */
function createSimulators(
  host: RoomHost,
  { clock: { now }, scopes, recordsDir }: DemoHost,
  population: Population,
  printDelayMs: number,
): RoomDemo['simulators'] {
  const authorise = async (token: string, scope: string) => (await scopes(token))?.includes(scope) ?? false;
  const altinn = altinnSimulator({
    authorise,
    now,
    logPath: `${recordsDir}/altinn.jsonl`,
    // As the real one: it looks recipients up in Enhetsregisteret, and takes no message for one that is not there.
    outcomeFor: (recipient) =>
      recipient.length === 9 && !population.findOrganisation(recipient) ? 'unknown_recipient' : undefined,
  });
  const dpi = dpiSimulator({
    authorise,
    now: () => new Date(),
    suppliers: host.use(REGISTERS).invented!.mailboxes,
    trustedSendersPem: [host.outgoing().identity.certificatePem!],
    logPath: `${recordsDir}/dpi.jsonl`,
  });
  const print = printSimulator({
    authorise,
    now,
    printDelayMs,
    logPath: `${recordsDir}/print.jsonl`,
    filesDir: `${recordsDir}/print`,
  });
  return { altinn: altinn.plugin, dpi: dpi.plugin, print: print.plugin };
}
