import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createHome, runCli } from '../support/cli.ts';

const PLAY = fileURLToPath(new URL('../../demo/play.js', import.meta.url));
const EXPECTED = readFileSync(new URL('../fixtures/demo.txt', import.meta.url), 'utf8');

/** What `npm run demo` runs after building, and all that it prints. */
test('the demo plays the whole page', async () => {
  const home = createHome();
  const words = ['emulator', 'exec', '--as', 'user', '--', process.execPath, PLAY];
  const result = await runCli(words, { home });
  home.remove();
  expect(result).toMatchObject({ status: 0, stderr: '' });
  expect(masked(result.stdout)).toBe(EXPECTED);
});

/** Ids, secrets and times differ from run to run. */
function masked(output: string): string {
  const ids = [...output.matchAll(/ID +(\S+)/g)].map(([, id = '']) => id);
  return (
    ids
      .reduce((text, id) => text.replaceAll(id, '<id>'), output)
      // One that begins with a digit is in quotes.
      .replaceAll('"<id>"', '<id>')
      .replace(/pscale_tkn_[\w-]+/g, '<secret>')
      .replace(/\b[0-9a-f]{64}\b/g, '<digest>')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
      .replace(/\(\d{4}-\d\d-\d\d \d\d:\d\d \S+\)/g, '(<local time>)')
  );
}
