import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{kernel,packages,rooms,apps,conformance,bench,test}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', '**/target/**'],
    globalSetup: ['kernel/testing/global-setup.ts'],
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    passWithNoTests: false,
    reporters: ['default', './kernel/testing/summary-reporter.ts'],
    server: { deps: { inline: [/@grunnmur\//] } },
  },
});
