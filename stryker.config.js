// `npm run mutate`: changes the source in thousands of small ways, and lists those that no test notices.
// Slow, and so no part of `npm test`. For one file: npm run mutate -- --mutate src/api/retry.ts

export default {
  mutate: [
    'src/api/{http,transport,retry,pages}*.ts',
    'src/{delivery,files}/*.ts',
    'src/settings/{files,redaction,credentials}.ts',
    'src/tokens/{create-token,issue-token,delete-for-certain,take-back}.ts',
  ],
  mutator: {
    // Words, and how they are looked for: a test that noticed each of them would only repeat them.
    excludedMutations: ['StringLiteral', 'Regex'],
  },
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts' },
  coverageAnalysis: 'perTest',
  // What runs once, as a file is loaded, would cost a run of all tests each; test/safeguards has such tables.
  ignoreStatic: true,
  // Each works on a whole copy of the tests; a machine with more cores may have more of them.
  concurrency: 2,
  ignorePatterns: ['build', 'dist', 'coverage', 'docs', 'demo', 'bench'],
  tempDirName: 'build/mutation',
  reporters: ['clear-text', 'progress', 'html', 'json'],
  htmlReporter: { fileName: 'build/mutation.html' },
  jsonReporter: { fileName: 'build/mutation.json' },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
};
