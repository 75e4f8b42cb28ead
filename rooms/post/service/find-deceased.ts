import type { Ctx } from '@grunnmur/kernel/ctx';
import type { PostDeps } from './deps.ts';

/** Routing waits no longer than this for all look-ups of a batch: what is sought is a warning, no condition. */
const LONGEST_MS = 3_000;
const AT_ONCE = 8;

export interface DeceasedAnswer {
  /** Those that the population register was asked about. */
  readonly asked: ReadonlySet<string>;
  readonly deceased: ReadonlySet<string>;
}

/**
 * Which of these persons the population register says are dead. A register that is away, slow or refuses says nothing of
 * them: letters go on without the warning.
 */
export async function findDeceased(
  ctx: Ctx,
  deps: PostDeps,
  fnrs: readonly string[],
): Promise<DeceasedAnswer> {
  const asked = new Set<string>();
  const deceased = new Set<string>();
  const left = [...new Set(fnrs)];
  const giveUp = AbortSignal.timeout(LONGEST_MS);
  const signal = ctx.signal ? AbortSignal.any([ctx.signal, giveUp]) : giveUp;
  let failed = 0;
  const work = async () => {
    for (let fnr = left.shift(); fnr !== undefined && failed === 0 && !signal.aborted; fnr = left.shift()) {
      asked.add(fnr);
      try {
        if ((await deps.population.find(fnr, signal))?.deceased) deceased.add(fnr);
      } catch (error) {
        failed++;
        ctx.log.warn(
          { code: (error as { code?: string }).code },
          'the population register could not be asked',
        );
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { asked, deceased };
}
