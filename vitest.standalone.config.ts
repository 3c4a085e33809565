import { configDefaults, defineConfig } from 'vitest/config';
import { executableOf, localTarget } from './scripts/bun.js';
import shared from './vitest.config.ts';

/** The acceptance suite against the standalone executable: `npm run test:standalone`. */
export default defineConfig({
  test: {
    ...shared.test,
    include: ['test/acceptance/**/*.test.ts'],
    // What is told there is about Node's modules and npm's package.
    exclude: [
      ...(shared.test?.exclude ?? configDefaults.exclude),
      'test/acceptance/{startup,package}.test.ts',
    ],
    env: { STANDALONE_EXECUTABLE: executableOf(localTarget()) },
  },
});
