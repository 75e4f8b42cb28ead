import type { Reporter, TestModule } from 'vitest/node';
import { leftBehind, TEST_TMPDIR } from './left-behind.ts';

/**
 * Prints `N passed, N failed, N skipped` on a line of its own at the end of a run, for machines to read. What tests left in
 * the temporary folder of the run is one failure more.
 */
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
    const left = leftBehind(process.env[TEST_TMPDIR]);
    if (left.length > 0) {
      count.failed++;
      process.exitCode = 1;
      console.log(
        `\nLeft behind in the temporary folder (use testFolder or afterTestFile): ${left.join(', ')}`,
      );
    }
    console.log(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  }
}
