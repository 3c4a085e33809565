import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';
import { createHome, runCli } from '../support/cli.ts';

test.each(['pscale.yml', 'access-token'])('doctor warns of a %s that others can read', async (name) => {
  const home = createHome();
  const emulator = await startEmulator();
  const folder = join(home.path, '.config', 'planetscale');
  const { administrator } = emulator;
  const content =
    name === 'access-token'
      ? administrator.userToken
      : `service-token-id: ${administrator.serviceTokenId}\nservice-token: ${administrator.serviceToken}\n`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), content, { mode: 0o600 });
  const env = { PLANETSCALE_API_URL: emulator.url, PLANETSCALE_ORG: 'acme' };
  const strict = await runCli(['doctor', '--format', 'csv'], { home, env });
  chmodSync(join(folder, name), 0o644);
  const loose = await runCli(['doctor', '--format', 'csv'], { home, env });
  await emulator.close();
  home.remove();
  expect(strict.stdout).toContain('pass,files,no problems');
  expect(loose.stdout).toContain(
    `warn,files,~/.config/planetscale/${name} holds a secret and other users can read it; run: chmod 600`,
  );
  expect([strict.status, loose.status]).toEqual([0, 0]);
});
