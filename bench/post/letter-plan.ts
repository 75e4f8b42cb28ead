import type { ServerProcess } from '../kit/server-process.ts';
import type { LetterPlan, Recipient } from '../load/plan.ts';

const PDF_BYTES = 100_000;

export interface LoadWish {
  readonly recipients: readonly Recipient[];
  readonly connections: number;
  readonly durationMs: number;
  readonly perSecond?: number;
}

let runs = 0;

/** A load of letters to the server's v2 face; every run has titles of its own. */
export async function letterPlan(server: ServerProcess, wish: LoadWish): Promise<LetterPlan> {
  return {
    ...barePlan(server.port, wish),
    path: `/api/v2/kontoer/${server.kontoId}/forsendelser/`,
    headers: await server.headers(),
  };
}

/** The same load for a server without login. */
export function barePlan(port: number, wish: LoadWish): LetterPlan {
  runs += 1;
  return {
    kind: 'letters',
    port,
    path: '/letters',
    headers: {},
    pdfBytes: PDF_BYTES,
    tag: `Vedtak ${process.pid}-${runs}`,
    kunDigitalLevering: false,
    warmupMs: Math.min(500, wish.durationMs / 5),
    ...wish,
  };
}
