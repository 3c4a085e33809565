import { defineConfig } from 'vitest/config';

/** Completion in zsh and fish, for machines that have them: `npm run test:shells`. */
export default defineConfig({
  test: {
    include: ['test/shells/*.shells.ts'],
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    testTimeout: 60_000,
  },
});
