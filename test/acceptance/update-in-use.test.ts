import { expect, test } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';
import { runInMemory } from '../support/host.ts';

const MINUTE = 60_000;
const PRESENT = 60 * MINUTE;

/** Changes the token in use, which expires in an hour, on a machine whose clock is ahead. */
async function updateInUse(access: readonly string[], change: readonly string[], ahead = 0) {
  const now = Math.floor(Date.now() / 1_000) * 1_000;
  const expires_at = new Date(now + PRESENT).toISOString();
  const token = { id: 'tok000000001', secret: 'pscale_tkn_ci', expires_at, access: [{ access }] };
  const emulator = await startEmulator({ seed: { tokens: [token] } });
  try {
    const later = new Date(now + PRESENT + 10 * MINUTE).toISOString();
    const words = change.map((word) => (word === 'LATER' ? later : word));
    const variables = {
      PLANETSCALE_API_URL: emulator.url,
      PLANETSCALE_ORG: 'acme',
      PLANETSCALE_SERVICE_TOKEN_ID: 'tok000000001',
      PLANETSCALE_SERVICE_TOKEN: 'pscale_tkn_ci',
    };
    const ended = await runInMemory(['update', 'tok000000001', ...words], { variables, now: now + ahead });
    return { ...ended, requests: emulator.requests.map(({ method }) => method) };
  } finally {
    await emulator.close();
  }
}

const READ_AND_WRITE = ['read_service_tokens', 'write_service_tokens'];

test('an end that is sooner is refused, whatever the clock of this machine', async () => {
  for (const ahead of [-30 * MINUTE, 0, 30 * MINUTE]) {
    const { status, stderr, requests } = await updateInUse(READ_AND_WRITE, ['--ttl', '50m'], ahead);
    expect(stderr).toContain('add --self');
    expect({ status, requests }).toEqual({ status: 1, requests: ['GET'] });
  }
});

test('a token that cannot be looked at is not shown to live longer', async () => {
  const { status, stderr, requests } = await updateInUse(['write_service_tokens'], ['--ttl', '2h']);
  expect(stderr).toContain('add --self');
  expect({ status, requests }).toEqual({ status: 1, requests: ['GET'] });
});

test('an end that is later is no harm, whatever the clock of this machine', async () => {
  for (const ahead of [-30 * MINUTE, 0, 30 * MINUTE]) {
    const { status, requests } = await updateInUse(READ_AND_WRITE, ['--expires-at', 'LATER'], ahead);
    expect({ status, requests }).toEqual({ status: 0, requests: ['GET', 'GET', 'PATCH'] });
  }
});
