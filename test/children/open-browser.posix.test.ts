import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openInBrowser, systemOpener } from '../../src/children/open-browser.ts';
import type { Environment } from '../../src/values/environment.ts';
import { createHome, type Home } from '../support/cli.ts';

let home: Home;
beforeEach(() => {
  home = createHome();
});
afterEach(() => home.remove());

const URL = 'https://app.planetscale.com/acme/settings/service-tokens';

const on = (
  platform: NodeJS.Platform,
  variables: Readonly<Record<string, string | undefined>> = {},
): Environment => ({ platform, variables, home: home.path, workingDirectory: home.path });

/** A program that notes what it was given, and ends with a status. */
function opener(status: number): { program: string; words: string[] } {
  const program = join(home.path, 'opener');
  const noted = join(home.path, 'noted');
  writeFileSync(program, `#!/bin/sh\nprintf '%s|' "$@" >${noted}\nenv >>${noted}\nexit ${status}\n`);
  chmodSync(program, 0o755);
  return { program, words: ['--'] };
}

test('what opens it gets the address as a word of its own, and no credentials', async () => {
  const environment = on('linux', {
    ...process.env,
    PLANETSCALE_SERVICE_TOKEN: 'hunter2',
    PLANETSCALE_API_TOKEN: 'hunter3',
  });
  expect(await openInBrowser(URL, opener(0), environment)).toBe(true);
  const noted = readFileSync(join(home.path, 'noted'), 'utf8');
  expect(noted.startsWith(`--|${URL}|`)).toBe(true);
  expect(noted).not.toMatch(/hunter/);
});

test('one that fails, or is not there, has opened nothing', async () => {
  expect(await openInBrowser(URL, opener(3), on('linux', process.env))).toBe(false);
  expect(await openInBrowser(URL, { program: join(home.path, 'none'), words: [] }, on('linux'))).toBe(false);
});

test('each system has its own; without a display there is none', () => {
  expect(systemOpener(on('darwin'))?.program).toBe('/usr/bin/open');
  expect(systemOpener(on('win32'))?.program).toBe('rundll32');
  expect(systemOpener(on('linux', { DISPLAY: ':0' }))?.program).toBe('xdg-open');
  expect(systemOpener(on('linux', { WAYLAND_DISPLAY: 'wayland-0' }))?.program).toBe('xdg-open');
  expect(systemOpener(on('linux', { DISPLAY: '' }))).toBeUndefined();
});
