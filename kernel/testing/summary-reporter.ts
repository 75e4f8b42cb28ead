import type { Reporter, TestModule } from 'vitest/node';

/** Prints `N passed, N failed, N skipped` on a line of its own at the end of a run, for machines to read. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const state = test.result().state;
        if (state === 'passed' || state === 'failed') count[state]++;
        else count.skipped++;
      }
      // A hook that fails (`beforeAll`) leaves its tests skipped: the failure is the module's or the suite's own.
      for (const part of [module, ...module.children.allSuites()]) count.failed += part.errors().length;
    }
    console.log(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  }
}
