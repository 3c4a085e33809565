import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
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
import { openEnvFile } from '../../src/delivery/env-file.ts';
import { plain } from '../../src/text/text.ts';
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
  test.each([
    [0o644, 0o640],
    [0o640, 0o640],
    [0o666, 0o660],
    [0o400, 0o400],
    [0o755, 0o750],
    [0o607, 0o600],
  ])('of %o is %o in the end: others may do nothing, and are said to', async (before, after) => {
    writeFileSync(inHome('.env'), 'A=1\n');
    chmodSync(inHome('.env'), before);
    const sink = await open();
    await sink.deliver(PAIR);
    expect(modeOf('.env')).toBe(after);
    expect(readFileSync(inHome('.env'), 'utf8')).toBe(`A=1\n${LINES}`);
    const note = `Other users can no longer access .env (mode 0${before.toString(8)} is now 0${after.toString(8)}).`;
    expect(sink.notes.map(plain)).toEqual(before === after ? [] : [note]);
  });

  test.each([0o000, 0o022, 0o077, 0o277, 0o777])(
    'is 0600 for a new file with the umask %o',
    async (umask) => {
      const before = process.umask(umask);
      try {
        const sink = await open();
        expect(readdirSync(home.path).map(modeOf)).toEqual([0o600, 0o600]);
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
    expect(modeOf('shared/env')).toBe(0o640);
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
    expect((await failureOf(() => open())).message).toBe(
      `cannot write .env (a link to ${join('~', 'nowhere', 'env')}): its folder does not exist`,
    );
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

  test.runIf(IS_ROOT).each([
    [0o644, 'permission denied'],
    [0o666, 'other users may read it, and its mode is not yours to change'],
  ])('a file of another user that cannot be kept from others is refused: %o', async (mode, reason) => {
    writeFileSync(inHome('.env'), 'A=1\n');
    chmodSync(inHome('.env'), mode);
    chmodSync(home.path, 0o777);
    const failure = await asOrdinaryUser(() => failureOf(() => open()));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(failure.message).toBe(`cannot write .env: ${reason}`);
    expect(readdirSync(home.path)).toEqual(['.env']);
    expect(modeOf('.env')).toBe(mode);
  });
});

test.runIf(IS_ROOT)('what root writes still belongs to whom it belonged', async () => {
  writeFileSync(inHome('.env'), 'A=1\n');
  chownSync(inHome('.env'), NOBODY, 1234);
  await (await open()).deliver(PAIR);
  expect(statSync(inHome('.env'))).toMatchObject({ uid: NOBODY, gid: 1234 });
  expect(modeOf('.env')).toBe(0o640);
});

describe('a file whose place no other one can take', () => {
  test('is written in place where it has a second name', async () => {
    writeFileSync(inHome('.env'), 'A=1\n', { mode: 0o644 });
    linkSync(inHome('.env'), inHome('second'));
    const { ino } = statSync(inHome('.env'));
    const sink = await open();
    expect(modeOf('.env')).toBe(0o644);
    await sink.deliver(PAIR);
    expect(statSync(inHome('.env'))).toMatchObject({ ino, nlink: 2 });
    expect(readFileSync(inHome('second'), 'utf8')).toBe(`A=1\n${LINES}`);
    expect(modeOf('second')).toBe(0o640);
    expect(readdirSync(home.path)).toEqual(['.env', 'second']);
  });

  test('gets shorter in place as well', async () => {
    writeFileSync(inHome('.env'), `PLANETSCALE_SERVICE_TOKEN=${'x'.repeat(5000)}\nA=1\n`);
    linkSync(inHome('.env'), inHome('second'));
    await (await open()).deliver(PAIR);
    expect(readFileSync(inHome('second'), 'utf8').split('\n').sort()).toEqual(
      `A=1\n${LINES}`.split('\n').sort(),
    );
  });

  test('is not written over where somebody changed it since', async () => {
    writeFileSync(inHome('.env'), 'PLANETSCALE_SERVICE_TOKEN=a\n');
    linkSync(inHome('.env'), inHome('second'));
    const sink = await open();
    writeFileSync(inHome('second'), 'PLANETSCALE_SERVICE_TOKEN=b\n');
    expect((await failureOf(() => sink.deliver(PAIR))).code).toBe('COMMAND_FAILED');
    expect(readFileSync(inHome('.env'), 'utf8')).toBe('PLANETSCALE_SERVICE_TOKEN=b\n');
  });

  test.runIf(IS_ROOT)('is written in place by a member of its group, who cannot give it away', async () => {
    writeFileSync(inHome('.env'), 'A=1\n');
    chmodSync(inHome('.env'), 0o660);
    chmodSync(home.path, 0o777);
    const before = statSync(inHome('.env'));
    await asOrdinaryUser(async () => (await open()).deliver(PAIR));
    const { ino, uid, gid, mode } = statSync(inHome('.env'));
    expect({ ino, uid, gid, mode }).toEqual({
      ino: before.ino,
      uid: before.uid,
      gid: before.gid,
      mode: before.mode,
    });
    expect(readFileSync(inHome('.env'), 'utf8')).toBe(`A=1\n${LINES}`);
    expect(readdirSync(home.path)).toEqual(['.env']);
  });

  describe.runIf(canMountSmallDisk())('because it is mounted by itself', () => {
    beforeEach(() => {
      writeFileSync(inHome('.env'), '');
      writeFileSync(inHome('behind'), 'A=1\n', { mode: 0o600 });
      execFileSync('mount', ['--bind', inHome('behind'), inHome('.env')]);
    });
    afterEach(() => void execFileSync('umount', [inHome('.env')]));

    test('is written in place', async () => {
      await (await open()).deliver(PAIR);
      expect(readFileSync(inHome('behind'), 'utf8')).toBe(`A=1\n${LINES}`);
      expect(readdirSync(home.path)).toEqual(['.env', 'behind']);
    });
  });
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
    writeFileSync(path, 'A=1\n');
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

  test('that has no room for more of a file written in place leaves it as it is', async () => {
    const content = `A=${'x'.repeat(4080)}\n`;
    writeFileSync(path, content, { mode: 0o644 });
    linkSync(path, join(disk.path, 'second'));
    const sink = await open(path);
    disk.fillUp();
    const failure = await failureOf(() => sink.deliver(PAIR));
    expect(failure.code).toBe('COMMAND_FAILED');
    expect(failure.message).toBe(`cannot write ${path}: no space is left on the device`);
    expect(readFileSync(path, 'utf8')).toBe(content);
    expect(statSync(path).mode & 0o777).toBe(0o644);
  });

  test('that is read-only is told as such', async () => {
    disk.makeReadOnly();
    const failure = await failureOf(() => open(path));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(failure.message).toBe(`cannot write ${path}: its file system is read-only`);
  });
});
