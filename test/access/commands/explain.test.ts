import { createServer, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { type Ran, runInMemory } from '../../support/host.ts';

const TOKEN = 'tok000000001';
const RELATED = { id: 'grant0000001', resource_id: 'res000000001' };

let server: Server | undefined;
afterEach(() => new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined))));

/** Explains a token with these grants, which no emulator would give. */
async function explain(grants: readonly unknown[], ...words: readonly string[]): Promise<Ran> {
  const started = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    const page = { type: 'list', current_page: 1, next_page: null, prev_page: null, data: grants };
    response.end(JSON.stringify(page));
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const address = started.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return runInMemory(['access', 'explain', TOKEN, ...words], {
    variables: {
      PLANETSCALE_API_URL: `http://127.0.0.1:${address.port}`,
      PLANETSCALE_ORG: 'acme',
      PLANETSCALE_API_TOKEN: 'pscale_oauth_EXAMPLE',
    },
  });
}

const strange = {
  ...RELATED,
  resource_name: 'main',
  resource_type: 'DatabaseBranch',
  accesses: [{ access: 'create_branch', description: 'Create branch' }],
};
const known = { ...strange, resource_name: 'shop', resource_type: 'Database' };
const NOTE = 'Note: it is not known what create_branch on DatabaseBranch main allows.\n';

test('a grant of an unknown kind makes a no a perhaps, and is named', async () => {
  const { status, stdout, stderr } = await explain([strange], 'shop=create_branch', '--format', 'json');
  expect({ status, stderr }).toEqual({ status: 0, stderr: NOTE });
  expect(JSON.parse(stdout)).toMatchObject({ answer: 'perhaps', by: [], database: 'shop' });
});

test('beside one that allows it, it changes nothing', async () => {
  const { status, stdout, stderr } = await explain(
    [strange, known],
    'shop=create_branch',
    '--format',
    'json',
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({
    answer: 'yes',
    by: [{ resource_type: 'Database', resource_name: 'shop', access: 'create_branch' }],
  });
});

test('without an operation it is named beside what the token can do', async () => {
  const { status, stdout, stderr } = await explain([strange]);
  expect({ status, stdout, stderr }).toEqual({
    status: 0,
    stdout: `Service token ${TOKEN} can do nothing yet.\n`,
    stderr: NOTE,
  });
});
