import type { Reporter, TestModule } from 'vitest/node';

/** Files that are kept apart by name, because only one kind of system can run them. */
const SYSTEM = /\.(posix|windows)\.test\.ts$/;

/**
 * Ends the run with one line that a script can read: `N passed, N failed`, and `, N skipped` where a
 * test did not run. A file that could not be loaded counts as one failure, since its tests never ran.
 */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      if (module.errors().length > 0) count.failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== 'pending') count[state] += 1;
      }
    }
    const systems = modules.filter(({ moduleId }) => SYSTEM.test(moduleId)).length;
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
    // Written after vitest's own summary, which the default reporter prints in the same hook.
    setImmediate(() => {
      process.stdout.write(`Files for one kind of system only, run on ${process.platform}: ${systems}\n`);
      process.stdout.write(`${count.passed} passed, ${count.failed} failed${skipped}\n`);
    });
  }
}
