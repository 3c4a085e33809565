import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createHome, type Home } from '../support/cli.ts';
import { issueVariables } from '../support/issue-promise.ts';
import { KEYS, openTerminal, SIZES, type Terminal } from '../support/terminal.ts';

let home: Home;
let emulator: Emulator;
beforeEach(async () => {
  home = createHome();
  emulator = await startEmulator({
    seed: {
      databases: [{ name: 'shop' }],
      tokens: [
        { id: 'tok000000001', name: 'ci-deploy', access: [{ database: 'shop', access: ['read_branch'] }] },
        { id: 'tok000000002', name: 'twin' },
        { id: 'tok000000003', name: 'twin' },
      ],
    },
  });
});
afterEach(async () => {
  await emulator.close();
  home.remove();
});

function open(args: readonly string[], size: { columns: number; rows: number } = SIZES[0]): Terminal {
  return openTerminal(args, { home, ...size, env: issueVariables(emulator) });
}

async function left(terminal: Terminal): Promise<{ text: string; status: number }> {
  const { status } = await terminal.ended;
  return { text: (await terminal.screen()).text(), status };
}

/** What changed something, in order. */
const changes = (): string[] =>
  emulator.requests.filter(({ method }) => method !== 'GET').map(({ method, url }) => `${method} ${url}`);

describe.each(SIZES)('a token that is left out, at $columns columns', (size) => {
  test.each([
    ['show', 'read_branch'],
    ['duplicate', 'with the permissions of tok000000001'],
    ['update --name renamed', 'renamed'],
    ['add-access --for shop=create_branch', 'create_branch'],
  ])('is chosen from the list: %s', async (line, shown) => {
    const terminal = open(line.split(' '), size);
    await terminal.until('Which service token in acme?');
    terminal.type(`deploy${KEYS.enter}`);
    const { text, status } = await left(terminal);
    expect(text.replace(/\s+/g, ' ')).toContain(shown);
    expect(status).toBe(0);
  });

  test('is asked about once more before it is replaced', async () => {
    const terminal = open(['rotate'], size);
    await terminal.until('Which service token in acme?');
    terminal.type(`deploy${KEYS.enter}`);
    await terminal.until('Replace service token tok000000001');
    terminal.type(`n${KEYS.enter}`);
    const { text, status } = await left(terminal);
    expect(text).toContain('Cancelled. Nothing changed.');
    expect(status).toBe(1);
    expect(changes()).toEqual([]);
  });

  test('is asked about once more before it is deleted', async () => {
    const terminal = open(['delete'], size);
    await terminal.until('Which service token in acme?');
    terminal.type(`deploy${KEYS.enter}`);
    await terminal.until('Delete it?');
    terminal.type(`y${KEYS.enter}`);
    expect((await left(terminal)).status).toBe(0);
    expect(changes()).toEqual(['DELETE /v1/organizations/acme/service-tokens/tok000000001']);
  });

  test('and permissions that are left out are chosen as edit does', async () => {
    const terminal = open(['add-access', 'ci-deploy', '--database', 'shop'], size);
    await terminal.until('Permissions for tok000000001');
    terminal.type(KEYS.escape);
    expect((await left(terminal)).status).toBe(1);
    expect(changes()).toEqual([]);
  });

  test('of two tokens of one name, the one that is meant is chosen', async () => {
    const terminal = open(['delete', 'twin'], size);
    await terminal.until('are named twin. Which one?');
    terminal.type(`000003${KEYS.enter}`);
    await terminal.until('Delete it?');
    terminal.type(`y${KEYS.enter}`);
    expect((await left(terminal)).status).toBe(0);
    expect(changes()).toEqual(['DELETE /v1/organizations/acme/service-tokens/tok000000003']);
  });

  test('several are listed, and asked about once', async () => {
    const terminal = open(['delete', 'ci-deploy', 'tok000000002'], size);
    await terminal.until('Delete these 2 service tokens in acme?');
    terminal.type(`y${KEYS.enter}`);
    const { text, status } = await left(terminal);
    expect(text).toContain('Of 2 service tokens: 2 deleted.');
    expect(status).toBe(0);
    expect(changes()).toHaveLength(2);
  });
});
