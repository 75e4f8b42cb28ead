import type { ServerProcess } from '../kit/server-process.ts';

export interface LetterStatus {
  readonly id: string;
  readonly status: string;
  readonly sisteStatusEndring: string;
}

const BATCH = 100;

/** The v2 call for statuses, as path and body. */
export function statusPath(kontoId: string): string {
  return `/api/v2/kontoer/${kontoId}/forsendelser/status-sok`;
}

/** Statuses of any number of letters, asked for in batches of 100. */
export async function readStatuses(server: ServerProcess, ids: readonly string[]): Promise<LetterStatus[]> {
  const headers = { ...(await server.headers()), 'content-type': 'application/json' };
  const found: LetterStatus[] = [];
  for (let at = 0; at < ids.length; at += BATCH) {
    const answer = await fetch(`http://127.0.0.1:${server.port}${statusPath(server.kontoId)}`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ forsendelseIds: ids.slice(at, at + BATCH) }),
      signal: AbortSignal.timeout(30_000),
    });
    if (!answer.ok) throw new Error(`status-sok answered ${answer.status}`);
    found.push(...((await answer.json()) as { statuser: LetterStatus[] }).statuser);
  }
  return found;
}
