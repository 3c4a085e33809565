import { configDefaults, defineConfig } from 'vitest/config';

/** Tests that only one kind of system can run are kept apart by name. */
const elsewhere = process.platform === 'win32' ? ['test/**/*.posix.test.ts'] : ['test/**/*.windows.test.ts'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...elsewhere],
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    // Real processes on a small machine: generous, because nothing here measures time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Of those that say they may run beside each other: they wait for processes.
    maxConcurrency: 12,
    // Every core: by default one is left idle, which on a machine of two doubles the time.
    maxWorkers: '100%',
  },
});
