import { storableText, toJson } from '../db/index.ts';
import { AppError } from '../errors/index.ts';
import type { PickedJob, Settlement } from './job-store.ts';
import { JOB_DEFAULTS, type JobDefinition, type JobResult } from './types.ts';

const MAX_ERROR = 2000;
const MAX_DETAIL = 65_536;
const ON_DEAD_RETRY_MS = 60_000;

/** What a handler's answer means for one job; `random` is in [0, 1). */
export function settlementFor(
  definition: JobDefinition,
  picked: PickedJob,
  result: JobResult,
  random: () => number,
): Settlement {
  const { seq } = picked;
  switch (result.outcome) {
    case 'done': {
      const detail = cleanDetail(result.detail);
      const record = definition.recordSuccess !== false || detail !== undefined;
      return { seq, action: 'delete', ...(record ? { outcome: 'done', detail } : {}) };
    }
    case 'snooze':
      return { seq, action: 'wait', until: new Date(result.untilMs).toISOString(), uncount: true };
    case 'dead':
      return death(definition, seq, result.error, result.detail);
    case 'retry': {
      const made = picked.job.attempt - picked.attemptBase;
      if (made >= (definition.maxAttempts ?? JOB_DEFAULTS.maxAttempts))
        return death(definition, seq, result.error, result.detail);
      return {
        seq,
        action: 'wait',
        waitMs: result.afterMs ?? backoff(definition, made, random),
        outcome: 'retry',
        error: cleanText(result.error),
        detail: cleanDetail(result.detail),
      };
    }
  }
}

function death(definition: JobDefinition, seq: number, error: string, detail: unknown): Settlement {
  const action = definition.onDead ? 'hold' : 'bury';
  return { seq, action, outcome: 'dead', error: cleanText(error), detail: cleanDetail(detail) };
}

/** After `onDead`: the grave, or another try in a minute. */
export function settleDying(seq: number, failed: boolean): Settlement {
  return failed ? { seq, action: 'wait', waitMs: ON_DEAD_RETRY_MS } : { seq, action: 'bury' };
}

/** Gives a job back without having begun it. */
export function giveBack(seq: number): Settlement {
  return { seq, action: 'wait', waitMs: 0, uncount: true };
}

/** Gives a begun job back because the worker stops. The attempt counts: else a job that never ends would never die. */
export function interrupt(picked: PickedJob): Settlement {
  if (picked.dying) return { seq: picked.seq, action: 'wait', waitMs: 0 };
  return { seq: picked.seq, action: 'wait', waitMs: 0, outcome: 'interrupted', error: 'worker stopped' };
}

function backoff(definition: JobDefinition, attempt: number, random: () => number): number {
  const delay = (definition.backoffMs ?? JOB_DEFAULTS.backoffMs)(attempt);
  return Math.round(delay * (0.75 + random() / 2));
}

/** The text of a thrown error for the attempt history. */
export function errorText(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return cleanText(error instanceof AppError ? `${error.code}: ${text}` : text);
}

/** What a log line may say about a thrown error: messages of foreign errors may quote personal data. */
export function errorForLog(error: unknown): { error: string; code?: string } {
  if (error instanceof AppError) return { error: error.name, code: error.code };
  if (!(error instanceof Error)) return { error: typeof error };
  const { code } = error as { code?: unknown };
  return { error: error.name, ...(typeof code === 'string' ? { code } : {}) };
}

/** PostgreSQL stores neither NUL nor half surrogate pairs; a job must not fail to be settled because of one. */
function cleanText(text: string): string {
  return storableText(text.slice(0, MAX_ERROR));
}

function cleanDetail(detail: unknown): unknown {
  if (detail === undefined || detail === null) return undefined;
  const text = toJson(detail);
  if (text === undefined) return undefined;
  return Buffer.byteLength(text) > MAX_DETAIL ? { truncated: true } : JSON.parse(text);
}
