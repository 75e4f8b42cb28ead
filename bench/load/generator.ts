import { startChild } from '../kit/child.ts';
import type { Workspace } from '../kit/workspace.ts';
import type { LoadPlan, LoadResult } from './plan.ts';

export interface Generator {
  /** Sends the load; throws when more than one request in a hundred failed. */
  run(plan: LoadPlan): Promise<LoadResult>;
  stop(): Promise<void>;
}

const GRACE_MS = 70_000;

/** The load generator, in a process of its own. */
export function startGenerator(workspace: Workspace): Generator {
  const child = startChild(workspace, new URL('./load-generator.ts', import.meta.url));
  return {
    stop: child.stop,
    run: async (plan) => {
      const result = await child.ask<LoadResult>(plan, plan.durationMs + GRACE_MS);
      const failed = Object.values(result.errors).reduce((sum, count) => sum + count, 0);
      if (failed * 100 > result.ok) throw new Error(`load failed: ${JSON.stringify(result.errors)}`);
      return result;
    },
  };
}
