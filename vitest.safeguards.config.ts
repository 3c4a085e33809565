import { defineConfig } from 'vitest/config';

/** Turns off what keeps the promises, one after the other, and expects tests to fail: `npm run safeguards`. */
export default defineConfig({
  test: {
    include: ['test/safeguards/*.safeguards.ts'],
    // Each is several runs of tests.
    testTimeout: 900_000,
    hookTimeout: 60_000,
  },
});
