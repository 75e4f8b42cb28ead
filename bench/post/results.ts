import type { Machine } from '../kit/machine.ts';
import type { AcceptReport } from './accept.ts';
import type { EndToEndReport } from './end-to-end.ts';
import type { GrowthReport } from './growth.ts';
import type { LargeLetterReport } from './large-letter.ts';
import type { StartReport } from './start-and-idle.ts';

/** One run of the bench; parts that were not asked for are undefined. */
export interface PostResults {
  readonly date: Date;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly database: string;
  readonly start: StartReport | undefined;
  readonly accept: AcceptReport | undefined;
  /** Durable single-row inserts per second. */
  readonly inserts: number | undefined;
  readonly endToEnd: EndToEndReport | undefined;
  readonly large: LargeLetterReport | undefined;
  readonly growth: GrowthReport | undefined;
}
