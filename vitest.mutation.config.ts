import { configDefaults, defineConfig } from 'vitest/config';

/** The tests by which `npm run mutate` judges: those that run what is mutated in their own process. */
export default defineConfig({
  test: {
    include: ['test/{api,operations,settings,sinks,flags,commands}/**/*.test.ts', 'test/run.test.ts'],
    // Of the whole process, and so nothing for the threads that it runs them in: the umask, the signals.
    exclude: [
      ...configDefaults.exclude,
      'test/delivery/env-file{,-mode}.posix.test.ts',
      'test/**/run-child.posix.test.ts',
    ],
    testTimeout: 60_000,
  },
});
