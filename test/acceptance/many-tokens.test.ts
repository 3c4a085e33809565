import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { type CliResult, createHome, type Home, runCli } from '../support/cli.ts';

const COUNT = 10_000;
const IDS = Array.from({ length: COUNT }, (_, index) => `tok${String(index).padStart(9, '0')}`);
const LAST_PAGE = /[?&]page=100\b/;

let home: Home;
let emulator: Emulator;
beforeEach(async () => {
  home = createHome();
  emulator = await startEmulator({ seed: { tokens: IDS.map((id) => ({ id })) } });
});
afterEach(async () => {
  await emulator.close();
  home.remove();
});

function list(format: string): Promise<CliResult> {
  return runCli(['list', '--format', format], {
    home,
    env: {
      PLANETSCALE_API_URL: emulator.url,
      PLANETSCALE_ORG: emulator.organization,
      PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
    },
  });
}

test('10,000 tokens are listed whole and in order, whatever limits the API on the way', async () => {
  const wait = { 'retry-after': '0' };
  emulator.inject(
    { answer: 429, count: 2, path: /[?&]page=7\b/, headers: wait },
    { answer: 429, count: 3, path: LAST_PAGE, headers: wait },
    { answer: 503, count: 5, path: /[?&]page=[2-9]\d\b/, headers: wait },
    { answer: 'drop', count: 1, path: /[?&]page=42\b/ },
  );
  const { status, stdout, stderr } = await list('json');
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const rows = z.array(z.object({ id: z.string() })).parse(JSON.parse(stdout));
  expect(rows.map(({ id }) => id)).toEqual(IDS);
  expect(emulator.maxInFlight).toBeLessThanOrEqual(6);
});

test.each(['human', 'csv', 'json'])(
  'nothing is printed in %s before the last page is checked',
  async (format) => {
    emulator.inject({ answer: 200, count: 1, path: LAST_PAGE, body: '{"data":[{"id":7}],"next_page":null}' });
    const { status, stdout } = await list(format);
    expect(status).toBe(2);
    expect(stdout).not.toContain(IDS[0]);
    if (format === 'json')
      expect(JSON.parse(stdout)).toMatchObject({ issues: [{ code: 'INVALID_RESPONSE' }] });
    else expect(stdout).toBe('');
  },
);
