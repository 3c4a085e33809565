import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    // Real processes on a small machine: generous, because nothing here measures time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
