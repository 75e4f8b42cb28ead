import { defineConfig } from 'vitest/config';

/**
 * Four sets of tests, told apart by the names of their files. `npm test` runs what a newcomer needs to see; the others have a
 * command each (`npm run test:browser`, `test:system`, `test:fault`). A file named on the command line is run whatever its set.
 */
const ROOMS = '{kernel,packages,rooms,apps,conformance,bench,test}/**';
const SETS = {
  /** Pages in Chromium. */
  browser: `${ROOMS}/*.browser.test.{ts,tsx}`,
  /** Several processes, RabbitMQ, S3, memory, work that grows. */
  system: `${ROOMS}/*.system.test.{ts,tsx}`,
  /** Kills, generated and hostile input. */
  fault: `${ROOMS}/*.fault.test.{ts,tsx}`,
};

const NEVER = ['**/node_modules/**', '**/target/**'];

const project = (name: string, include: string[], exclude: string[] = []) => ({
  extends: true as const,
  test: { name, include, exclude: [...NEVER, ...exclude] },
});

export default defineConfig({
  test: {
    projects: [
      project('fast', [`${ROOMS}/*.test.{ts,tsx}`], Object.values(SETS)),
      ...Object.entries(SETS).map(([name, files]) => project(name, [files])),
    ],
    globalSetup: ['kernel/testing/global-setup.ts'],
    setupFiles: ['kernel/testing/setup-file.ts'],
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What is waited for comes; when it comes is no matter of a test's, and a busy machine takes its time.
    expect: { poll: { timeout: 20_000 } },
    passWithNoTests: false,
    reporters: ['default', './kernel/testing/summary-reporter.ts'],
    server: { deps: { inline: [/@grunnmur\//] } },
  },
});
