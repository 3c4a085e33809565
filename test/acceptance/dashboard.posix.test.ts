import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createHome, type Home, runCli } from '../support/cli.ts';
import { openTerminal } from '../support/terminal.ts';

const URL = 'https://app.planetscale.com/acme/settings/service-tokens';

let home: Home;
let emulator: Emulator;
beforeEach(async () => {
  home = createHome();
  emulator = await startEmulator();
});
afterEach(async () => {
  await emulator.close();
  home.remove();
});

const api = () => ({ PLANETSCALE_API_URL: emulator.url, PLANETSCALE_ORG: 'acme' });

test.each([['list'], ['show'], ['show', 'k3j9x0q2m7ab']])(
  '%s -w off a terminal prints the address, and asks the API nothing',
  async (...words) => {
    const run = (...format: string[]) => runCli([...words, '-w', ...format], { home, env: api() });
    expect(await run()).toMatchObject({ status: 0, stdout: `${URL}\n`, stderr: '' });
    expect((await run('--json')).stdout).toBe(`${JSON.stringify({ url: URL }, null, 2)}\n`);
    expect((await run('--format', 'csv')).stdout).toBe(`URL\n${URL}\n`);
    expect(emulator.requests).toEqual([]);
  },
);

test('an organization that would lead to another page is refused', async () => {
  const result = await runCli(['list', '-w', '--org', '../evil'], { home, env: api() });
  expect(result).toMatchObject({ status: 1, stdout: '' });
});

test('on a terminal without a browser the address is printed', async () => {
  const terminal = openTerminal(['list', '--web'], { home, env: api() });
  expect(await terminal.ended).toEqual({ status: 0 });
  expect((await terminal.screen()).text()).toBe(
    // The system of a Mac always has one.
    process.platform === 'darwin' ? `Opened ${URL} in the browser.` : URL,
  );
});

test('on a terminal the browser is opened, and the terminal is left to itself', async () => {
  const folder = join(home.path, 'bin');
  mkdirSync(folder);
  const program = join(folder, 'xdg-open');
  writeFileSync(program, `#!/bin/sh\necho noise; echo noise >&2; echo "$1" >${home.path}/opened\n`);
  chmodSync(program, 0o755);
  const path = `${folder}${delimiter}${process.env.PATH}`;
  const terminal = openTerminal(['show', '-w'], { home, env: { ...api(), DISPLAY: ':0', PATH: path } });
  expect(await terminal.ended).toEqual({ status: 0 });
  expect((await terminal.screen()).text()).toBe(`Opened ${URL} in the browser.`);
  if (process.platform !== 'darwin') {
    expect(readFileSync(join(home.path, 'opened'), 'utf8')).toBe(`${URL}\n`);
  }
});
