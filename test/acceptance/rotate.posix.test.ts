import { openSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { type CliOptions, createHome, finished, type Home, spawnCli, startCli } from '../support/cli.ts';
import { holdAt } from '../support/faults.ts';
import { checkIssuePromise, ISSUE_SEED, issueVariables, OLD } from '../support/issue-promise.ts';

let home: Home;
let emulator: Emulator;
beforeEach(async () => {
  home = createHome();
  emulator = await startEmulator({ seed: ISSUE_SEED });
});
afterEach(async () => {
  await emulator.close();
  home.remove();
});

const options = (): CliOptions => ({ home, env: issueVariables(emulator) });

/** Where the new token makes itself known for the first time. */
const TRY = 8;

test('a signal while the old one is waited for keeps it; the new one has been printed', async () => {
  await emulator.close();
  // Only where the API cannot give it an end anybody waits.
  emulator = await startEmulator({ seed: ISSUE_SEED, edition: '2026-08' });
  const child = startCli(['rotate', OLD, '--delete-old-after', '10m', '--format', 'json'], options());
  const end = finished(child);
  const isWaiting = new Promise<void>((resolve) => {
    child.stderr?.on('data', (chunk) => String(chunk).includes('waiting to delete') && resolve());
  });
  await isWaiting;
  child.kill('SIGINT');
  const ended = await end;
  expect(ended.status).toBe(130);
  const { handedOver, isOldThere } = checkIssuePromise(ended, emulator);
  expect(handedOver).toBeDefined();
  expect(isOldThere).toBe(true);
  expect(ended.stderr).toContain(`the old one, ${OLD}, was kept`);
});

test('a signal before the hand-over takes the new one back', async () => {
  const held = holdAt(emulator, TRY, 'carried out');
  const child = startCli(['rotate', OLD, '--format', 'json'], options());
  const end = finished(child);
  await held.reached;
  child.kill('SIGTERM');
  const ended = await end;
  expect(ended.status).toBe(143);
  const fate = checkIssuePromise(ended, emulator);
  expect(fate).toEqual({ handedOver: undefined, reported: [], unknown: [], isOldThere: true });
});

test('a stdout that nobody reads leaves the old one as it was', async () => {
  const child = startCli(['rotate', OLD], options());
  child.stdout?.destroy();
  const ended = await finished(child);
  expect(ended.status).toBe(2);
  expect(ended.stderr).toContain('rolled back');
  const fate = checkIssuePromise(ended, emulator);
  expect(fate).toEqual({ handedOver: undefined, reported: [], unknown: [], isOldThere: true });
});

test
  .runIf(process.platform === 'linux')
  .each([[['rotate', OLD]], [['create', '--access', 'shop=read_branch', '--format', 'csv']]])(
  'a full disk leaves all as it was: %j',
  async (words) => {
    const child = spawnCli(words, options(), ['ignore', openSync('/dev/full', 'w'), 'pipe']);
    const ended = await finished(child);
    expect(ended.status).toBe(2);
    const fate = checkIssuePromise(ended, emulator);
    expect(fate).toEqual({ handedOver: undefined, reported: [], unknown: [], isOldThere: true });
  },
);
