import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startApi, TOKENS } from '../support/api.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('only the owner may read the state file, whatever it was before', async () => {
  const stateFile = join(temporaryFolder(), 'state.json');
  const api = await startApi({ stateFile });
  expect(statSync(stateFile).mode & 0o777).toBe(0o600);
  chmodSync(stateFile, 0o644);
  await api.call('POST', TOKENS);
  expect(statSync(stateFile).mode & 0o777).toBe(0o600);
});
