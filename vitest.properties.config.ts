import { defineConfig } from 'vitest/config';

/** The properties of access as code, ten times as often as in `npm test`: `npm run properties`. */
export default defineConfig({
  test: {
    include: ['test/access/properties.test.ts'],
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    env: { PROPERTY_RUNS: '1000' },
  },
});
