import { expect, test } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';
import { createHome, finished, startCli } from '../support/cli.ts';
import { holdAt } from '../support/faults.ts';

test('kill -9 at every request of update', async () => {
  const seen: string[] = [];
  for (const when of ['arrived', 'carried out'] as const) {
    for (let index = 1; index < 10; index += 1) {
      const home = createHome();
      const emulator = await startEmulator({
        seed: { tokens: [{ id: 'tok000000001', name: 'ci', cidrs: ['203.0.113.0/24'] }] },
      });
      const held = holdAt(emulator, index, when);
      const child = startCli(
        ['update', 'tok000000001', '--name', 'new', '--cidrs', '10.0.0.0/8', '--format', 'json'],
        {
          home,
          env: {
            PLANETSCALE_API_URL: emulator.url,
            PLANETSCALE_ORG: 'acme',
            PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
          },
        },
      );
      const end = finished(child);
      const reached = await Promise.race([held.reached.then(() => true), end.then(() => false)]);
      if (reached) {
        child.kill('SIGKILL');
        const { stdout } = await end;
        expect(stdout).toBe('');
        const [token] = emulator.snapshot().service_tokens;
        expect([token?.name, token?.cidrs]).toEqual(
          when === 'carried out' ? ['new', ['10.0.0.0/8']] : ['ci', ['203.0.113.0/24']],
        );
        seen.push(`${when} ${index}`);
      }
      await emulator.close();
      home.remove();
      if (!reached) break;
    }
  }
  expect(seen).toEqual(['arrived 1', 'carried out 1']);
}, 60000);
