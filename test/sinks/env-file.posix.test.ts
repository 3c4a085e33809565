import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openEnvFile } from '../../src/sinks/env-file.ts';
import { createHome, type Home } from '../support/cli.ts';
import { createSurroundings, failureOf } from '../support/host.ts';
import { canMountSmallDisk, createSmallDisk, type SmallDisk } from '../support/small-disk.ts';

let home: Home;
beforeEach(() => {
  home = createHome();
});
afterEach(() => home.remove());

const PAIR = { id: 'k3j9x0q2m7ab', token: 'pscale_tkn_new' };
const LINES = `PLANETSCALE_SERVICE_TOKEN_ID=k3j9x0q2m7ab\nPLANETSCALE_SERVICE_TOKEN=pscale_tkn_new\n`;
const IS_ROOT = process.geteuid?.() === 0;
const NOBODY = 65_534;

function open(path = '.env') {
  return openEnvFile(path, createSurroundings({ home: home.path, workingDirectory: home.path }));
}

function inHome(path: string): string {
  return join(home.path, path);
}

function modeOf(path: string): number {
  return statSync(inHome(path)).mode & 0o777;
}

/** Root may do what modes forbid; any other user stays who they are. */
async function asOrdinaryUser<Result>(work: () => Promise<Result>): Promise<Result> {
  if (IS_ROOT) process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    if (IS_ROOT) process.seteuid?.(0);
  }
}

describe('the mode', () => {
  test.each([0o644, 0o666, 0o400, 0o755])('is 0600 in the end where it was %o', async (mode) => {
    writeFileSync(inHome('.env'), 'A=1\n');
    chmodSync(inHome('.env'), mode);
    await (await open()).deliver(PAIR);
    expect(modeOf('.env')).toBe(0o600);
    expect(readFileSync(inHome('.env'), 'utf8')).toBe(`A=1\n${LINES}`);
  });

  test.each([0o000, 0o022, 0o077, 0o277, 0o777])(
    'is 0600 for a new file with the umask %o',
    async (umask) => {
      const before = process.umask(umask);
      try {
        const sink = await open();
        expect(readdirSync(home.path).map(modeOf)).toEqual([0o600]);
        await sink.deliver(PAIR);
      } finally {
        process.umask(before);
      }
      expect(modeOf('.env')).toBe(0o600);
    },
  );
});

describe('a symbolic link', () => {
  test('stays one, and the file behind it gets the token', async () => {
    mkdirSync(inHome('shared'));
    writeFileSync(inHome('shared/env'), 'A=1\n');
    symlinkSync('shared/env', inHome('.env'));
    await (await open()).deliver(PAIR);
    expect(readlinkSync(inHome('.env'))).toBe('shared/env');
    expect(readFileSync(inHome('shared/env'), 'utf8')).toBe(`A=1\n${LINES}`);
    expect(modeOf('shared/env')).toBe(0o600);
    expect(readdirSync(inHome('shared'))).toEqual(['env']);
  });

  test('may lead over others to a file that is not there yet, through folders that are links', async () => {
    mkdirSync(inHome('deep/er'), { recursive: true });
    symlinkSync('deep/er', inHome('folder'));
    symlinkSync('../target', inHome('folder/second'));
    symlinkSync('folder/second', inHome('.env'));
    await (await open()).deliver(PAIR);
    expect(lstatSync(inHome('.env')).isSymbolicLink()).toBe(true);
    expect(lstatSync(inHome('folder/second')).isSymbolicLink()).toBe(true);
    expect(readFileSync(inHome('deep/target'), 'utf8')).toBe(LINES);
  });

  test('that leads in a circle is refused', async () => {
    symlinkSync('.env', inHome('.env'));
    const failure = await failureOf(() => open());
    expect(failure.code).toBe('INVALID_USAGE');
    expect(failure.message).toBe('cannot write .env: its symbolic links lead in a circle');
  });

  test('into a folder that does not exist is refused', async () => {
    symlinkSync('nowhere/env', inHome('.env'));
    expect((await failureOf(() => open())).message).toBe('cannot write .env: its folder does not exist');
  });
});

describe('before a token is made', () => {
  test.each(['/dev/null', '/dev/full'])('%s is refused', async (path) => {
    const failure = await failureOf(() => open(path));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(failure.message).toBe(`cannot write ${path}: it is not a regular file`);
  });

  test('a pipe is refused, without waiting for its other end', async () => {
    execFileSync('mkfifo', [inHome('pipe')]);
    expect((await failureOf(() => open('pipe'))).message).toBe('cannot write pipe: it is not a regular file');
  });

  test('a path below a file is refused', async () => {
    writeFileSync(inHome('file'), '');
    expect((await failureOf(() => open('file/.env'))).message).toBe(
      'cannot write file/.env: a part of its path is a file, not a folder',
    );
  });

  test('a name that is too long is refused', async () => {
    const failure = await failureOf(() => open('e'.repeat(300)));
    expect(failure.message).toMatch(/its name is too long$/);
  });

  test('a folder that may not be written is refused', async () => {
    chmodSync(home.path, 0o555);
    try {
      const failure = await asOrdinaryUser(() => failureOf(() => open()));
      expect(failure.code).toBe('INVALID_USAGE');
      expect(failure.message).toBe('cannot write .env: permission denied');
    } finally {
      chmodSync(home.path, 0o755);
    }
  });

  test('a file that may not be read is refused: what it holds could not be kept', async () => {
    writeFileSync(inHome('.env'), 'A=1\n', { mode: 0o000 });
    chmodSync(home.path, 0o777);
    const failure = await asOrdinaryUser(() => failureOf(() => open()));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(failure.message).toBe('cannot write .env: permission denied');
    expect(readdirSync(home.path)).toEqual(['.env']);
  });

  test.runIf(IS_ROOT)('a file of another user is refused, whom it would be taken from', async () => {
    writeFileSync(inHome('.env'), 'A=1\n', { mode: 0o644 });
    chmodSync(home.path, 0o777);
    const failure = await asOrdinaryUser(() => failureOf(() => open()));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(failure.message).toBe('cannot write .env: it belongs to another user');
    expect(readdirSync(home.path)).toEqual(['.env']);
  });
});

test.runIf(IS_ROOT)('what root writes still belongs to whom it belonged', async () => {
  writeFileSync(inHome('.env'), 'A=1\n');
  chownSync(inHome('.env'), NOBODY, 1234);
  await (await open()).deliver(PAIR);
  expect(statSync(inHome('.env'))).toMatchObject({ uid: NOBODY, gid: 1234 });
  expect(modeOf('.env')).toBe(0o600);
});

describe.runIf(canMountSmallDisk())('a disk', () => {
  let disk: SmallDisk;
  let path: string;
  beforeEach(() => {
    disk = createSmallDisk();
    path = join(disk.path, '.env');
  });
  afterEach(() => disk.remove());

  test('that is full is found before a token is made', async () => {
    disk.fillUp();
    const failure = await failureOf(() => open(path));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(failure.message).toBe(`cannot write ${path}: no space is left on the device`);
    expect(readdirSync(disk.path)).toEqual(['filling']);
  });

  test('that fills up once the file was opened does no harm: the room is taken', async () => {
    const sink = await open(path);
    disk.fillUp();
    await sink.deliver(PAIR);
    expect(readFileSync(path, 'utf8')).toBe(LINES);
  });

  test('that has no room for what the file grew by fails the command, and the file stays as it is', async () => {
    const sink = await open(path);
    const content = `A=${'x'.repeat(4080)}\n`;
    writeFileSync(path, content);
    disk.fillUp();
    const failure = await failureOf(() => sink.deliver(PAIR));
    expect(failure.code).toBe('COMMAND_FAILED');
    expect(failure.message).toBe(`cannot write ${path}: no space is left on the device`);
    expect(readFileSync(path, 'utf8')).toBe(content);
    expect(readdirSync(disk.path).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('that is read-only is told as such', async () => {
    disk.makeReadOnly();
    const failure = await failureOf(() => open(path));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(failure.message).toBe(`cannot write ${path}: its file system is read-only`);
  });
});
