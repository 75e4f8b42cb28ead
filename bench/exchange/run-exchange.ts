import { startEmbeddedPostgres } from '@grunnmur/kernel/db';
import { describeMachine } from '../kit/machine.ts';
import { createParts } from '../kit/parts.ts';
import { writeSection } from '../kit/report.ts';
import { openWorkspace, type Workspace } from '../kit/workspace.ts';
import { startGenerator } from '../load/generator.ts';
import { measureBacklog } from './backlog.ts';
import { measureIdle } from './idle.ts';
import { measureLargeDocument } from './large-document.ts';
import { measureLatency } from './latency.ts';
import { type ExchangeResults, markdownReport, terminalReport } from './report.ts';
import { measureThroughput } from './throughput.ts';

export interface ExchangeOptions {
  readonly quick: boolean;
  readonly write: boolean;
  /** One part only. */
  readonly only: string | undefined;
}

export const EXCHANGE_PARTS = ['throughput', 'latency', 'backlog', 'idle', 'document'] as const;

/** Runs the bench of the exchange room; everything it starts is ended and removed. False when a part failed. */
export async function runExchange(options: ExchangeOptions): Promise<boolean> {
  const { only, quick, write } = options;
  if (only && !(EXCHANGE_PARTS as readonly string[]).includes(only))
    throw new Error(`--only takes one of ${EXCHANGE_PARTS.join(', ')}`);
  if (write && (only || quick)) throw new Error('--write needs a whole run: without --only and --quick');
  const workspace = await openWorkspace();
  const onSignal = () => void workspace.close().finally(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  try {
    const parts = createParts<(typeof EXCHANGE_PARTS)[number]>(workspace, only);
    const results = await measureAll(workspace, parts, quick);
    process.stdout.write(terminalReport(results));
    // Figures that are missing must not take the place of those that are there.
    if (write && parts.failed() === 0) await writeSection('exchange', markdownReport(results));
    return parts.failed() === 0;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal);
    await workspace.close();
  }
}

async function measureAll(
  workspace: Workspace,
  parts: ReturnType<typeof createParts<(typeof EXCHANGE_PARTS)[number]>>,
  quick: boolean,
): Promise<ExchangeResults> {
  const machine = await describeMachine(await workspace.folder('probe'));
  const generator = startGenerator(workspace);
  const throughput = await parts.run('throughput', (folder) =>
    measureThroughput(folder, generator, {
      senders: [1, 16, 64],
      ...(quick ? { rounds: 1, durationMs: 2000 } : { rounds: 3, durationMs: 6000 }),
    }),
  );
  const latency = await parts.run('latency', (folder) =>
    measureLatency(folder, generator, { perSecond: 50, durationMs: quick ? 5000 : 20_000 }),
  );
  const backlog = await parts.run('backlog', async (folder) => {
    const postgres = await startEmbeddedPostgres({ dataDir: await folder.folder('postgres') });
    folder.onClose(postgres.stop);
    await postgres.createDatabase('backlog');
    return measureBacklog(folder, {
      databaseUrl: postgres.url('backlog'),
      ...(quick ? { many: 20_000, rounds: 2 } : { many: 1_000_000, rounds: 8 }),
    });
  });
  const idle = await parts.run('idle', (folder) =>
    measureIdle(
      folder,
      quick
        ? { connections: 300, heartbeatSeconds: 4, seconds: 10 }
        : { connections: 2000, heartbeatSeconds: 20, seconds: 65 },
    ),
  );
  const document = await parts.run('document', (folder) =>
    measureLargeDocument(folder, quick ? 500_000_000 : 5_000_000_000),
  );
  return { date: new Date(), quick, machine, throughput, latency, backlog, idle, document };
}
