import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHome, type Home, runCli } from '../support/cli.ts';

let home: Home;
beforeEach(() => {
  home = createHome();
});
afterEach(() => home.remove());

/** Some runtimes read such files at their start: a cloned repository could then decide where credentials go. */
test('what a runtime may find in the working directory does not matter', async () => {
  const file = (name: string, content: string): void => writeFileSync(join(home.path, name), content);
  file('.env', 'PLANETSCALE_API_URL=http://127.0.0.1:1/from-dotenv\nPLANETSCALE_DEBUG=1\n');
  file('bunfig.toml', 'preload = ["./preload.js"]\n');
  file('preload.js', "console.log('preloaded');");
  file('package.json', '{ "imports": { "#http": "./preload.js" } }');
  const { status, stdout, stderr } = await runCli(['doctor', '--format', 'csv', '--org', 'acme'], { home });
  expect(stdout).toContain('https://api.planetscale.com');
  expect(stdout + stderr).not.toMatch(/preloaded|from-dotenv/);
  expect(status).toBe(3);
});
