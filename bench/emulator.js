// An emulator in a process of its own, so that it does not share the client's.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const EXECUTABLE = fileURLToPath(new URL('../bin/pscale-service-token.cjs', import.meta.url));

/** Starts one that holds `tokens` tokens and answers after `latency`; `env` is what its clients need. */
export async function startEmulator(tokens, latency, home) {
  const seed = join(home, `seed-${tokens}.json`);
  writeFileSync(
    seed,
    JSON.stringify({
      tokens: Array.from({ length: tokens }, (_, index) => ({
        id: `tok${String(index).padStart(9, '0')}`,
        name: `token-${index}`,
        created_at: '2026-01-05T08:00:00Z',
      })),
    }),
  );
  const words = ['emulator', 'start', '--seed', seed, '--latency', latency, '--format', 'json'];
  const child = spawn(process.execPath, [EXECUTABLE, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [details] = await once(child.stdout, 'data');
  const { url, organization, api_token } = JSON.parse(String(details));
  return {
    env: {
      // Nothing of this machine's own settings reaches the program; what shapes the runtime does.
      ...Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !/^(PLANETSCALE_|npm_)/.test(name)),
      ),
      HOME: home,
      PLANETSCALE_API_URL: url,
      PLANETSCALE_ORG: organization,
      PLANETSCALE_API_TOKEN: api_token,
    },
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
