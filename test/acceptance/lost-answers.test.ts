import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createHome, type Home, runCli } from '../support/cli.ts';

let home: Home;
let emulator: Emulator;
beforeEach(async () => {
  home = createHome();
  emulator = await startEmulator({
    seed: { tokens: [{ id: 'tok000000001', access: [{ database: 'shop', access: ['read_branch'] }] }] },
  });
});
afterEach(async () => {
  await emulator.close();
  home.remove();
});

/**
 * Some runtimes send a request again behind one's back when a connection that they kept breaks. Whether a
 * DELETE was sent twice decides what its 404 means, so each try has to be this program's own.
 */
test('a DELETE on a connection that was used before is sent again by nobody but the program', async () => {
  emulator.inject({ answer: 'drop', count: 1, method: 'DELETE' });
  const { status, stderr } = await runCli(
    ['delete-access', 'tok000000001', '--all', '--database', 'shop', '--debug'],
    {
      home,
      env: {
        PLANETSCALE_API_URL: emulator.url,
        PLANETSCALE_ORG: emulator.organization,
        PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
      },
    },
  );
  expect(status).toBe(0);
  const sent = emulator.requests.filter(({ method }) => method === 'DELETE');
  expect(sent).toHaveLength(2);
  expect(stderr.match(/^> DELETE .*$/gm)).toEqual([
    expect.stringContaining('(try 1)'),
    expect.stringContaining('(try 2)'),
  ]);
});

test('a try takes no longer than --timeout says, and a creation has one', async () => {
  await emulator.close();
  emulator = await startEmulator({ latencyMs: 60_000 });
  const { status, stdout } = await runCli(['create', '--timeout', '200ms', '--format', 'json'], {
    home,
    env: {
      PLANETSCALE_API_URL: emulator.url,
      PLANETSCALE_ORG: emulator.organization,
      PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
    },
  });
  expect(status).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    error: expect.stringMatching(/within 200 ms\n.*A token may have been created/),
    issues: [{ code: 'TIMEOUT' }],
  });
  expect(emulator.requests).toHaveLength(1);
});
