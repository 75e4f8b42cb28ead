import { defineConfig } from 'vitest/config';

/** The tests that only read the repository, without the database that the other tests share. */
export default defineConfig({
  test: {
    root: `${import.meta.dirname}/..`,
    include: ['test/*.test.ts'],
    exclude: ['test/*.{browser,system,fault}.test.ts'],
    isolate: false,
    passWithNoTests: false,
  },
});
