import { statSync, writeFileSync } from 'node:fs';
import type * as Files from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openEnvFile } from '../../src/delivery/env-file.ts';
import { createHome, type Home } from '../support/cli.ts';
import { createSurroundings } from '../support/host.ts';

/** Files that are made, each with the mode that it has before anything else is done to it. */
const made = vi.hoisted(() => new Map<string, number>());

vi.mock('node:fs/promises', async (importOriginal) => {
  const actual = await importOriginal<typeof Files>();
  const open: typeof actual.open = async (path, flags, mode) => {
    const handle = await actual.open(path, flags, mode);
    if (flags === 'wx') made.set(String(path), (await handle.stat()).mode & 0o777);
    return handle;
  };
  return { ...actual, open };
});

let home: Home;
let umask = 0;
beforeEach(() => {
  home = createHome();
  umask = process.umask(0);
  made.clear();
});
afterEach(() => {
  process.umask(umask);
  home.remove();
});

test.each([undefined, 0o640, 0o666])(
  'what is put beside an env file of mode %o is its owner’s alone from its first moment',
  async (mode) => {
    const file = join(home.path, '.env');
    if (mode !== undefined) writeFileSync(file, 'A=1\n', { mode });
    const sink = await openEnvFile(
      '.env',
      createSurroundings({ home: home.path, workingDirectory: home.path }),
    );
    await sink.deliver({ id: 'k3j9x0q2m7ab', token: 'pscale_tkn_new' });
    // The lock, and what takes the file's place.
    expect([...made.values()]).toEqual([0o600, 0o600]);
    expect(statSync(file).mode & 0o007).toBe(0);
  },
);
