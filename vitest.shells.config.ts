import { defineConfig } from 'vitest/config';

/** Completion in zsh, fish and, where it is there, PowerShell, for machines that have them: `npm run test:shells`. */
export default defineConfig({
  test: {
    include: ['test/shells/*.shells.ts'],
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    testTimeout: 60_000,
  },
});
