import { setTimeout as sleep } from 'node:timers/promises';

/** Jobs of the post room that are due and not taken yet, from `/metrics`. */
export async function pendingJobs(port: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(10_000) });
  const text = await answer.text();
  let sum = 0;
  for (const [, value] of text.matchAll(/^grunnmur_jobs_pending\{[^}]*queue="post\.[^}]*\} (\d+)/gm))
    sum += Number(value);
  return sum;
}

/** Waits until nothing is pending, so that one measurement does not pay for the one before; throws after `limitMs`. */
export async function settleJobs(port: number, limitMs = 180_000): Promise<void> {
  const deadline = performance.now() + limitMs;
  for (let quiet = 0; quiet < 3; ) {
    quiet = (await pendingJobs(port)) === 0 ? quiet + 1 : 0;
    if (performance.now() > deadline) throw new Error('the jobs were not done in time');
    await sleep(200);
  }
}
