import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type * as Files from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Host } from '../../src/context.ts';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { digestOf } from '../../src/emulator/state/secrets.ts';
import { createHome, type Home } from '../support/cli.ts';
import { createHost } from '../support/host.ts';
import { ISSUE_SEED, issueVariables, OLD } from '../support/issue-promise.ts';
import { run } from '../support/program.ts';
import { canMountSmallDisk } from '../support/small-disk.ts';

/**
 * Every place for a secret, with all that can be the matter with it, for every command that makes a token:
 * what there is afterwards, in the place and at the API.
 */

type Trouble = 'none' | 'short' | 'full' | 'read-only';

/** What happens to files that are written through a handle: only to those that hold a secret, or to all. */
const files = vi.hoisted(() => ({ trouble: 'none' }));

vi.mock('node:fs/promises', async (importOriginal) => {
  const actual = await importOriginal<typeof Files>();
  const failed = (code: string) => Object.assign(new Error(code), { code });
  const watched = (handle: Files.FileHandle): Files.FileHandle =>
    new Proxy(handle, {
      get(object, key) {
        const member: unknown = Reflect.get(object, key);
        if (typeof member !== 'function') return member;
        if (key !== 'write') return member.bind(object);
        return (bytes: Uint8Array, offset: number, length: number, position: number | null) => {
          const isSecret = Buffer.from(bytes).includes('pscale_tkn_');
          if (!isSecret || !['short', 'full'].includes(files.trouble)) {
            return object.write(bytes, offset, length, position);
          }
          if (files.trouble === 'full') throw failed('ENOSPC');
          if (offset > 0) throw failed('EFBIG');
          return object.write(bytes, offset, Math.min(length, 40), position);
        };
      },
    });
  return {
    ...actual,
    open: async (path: string, flags: string | number, mode?: number) => {
      const isForReading = typeof flags === 'number' && (flags & 3) === 0;
      if (files.trouble === 'read-only' && !isForReading) throw failed('EROFS');
      return watched(await actual.open(path, flags, mode));
    },
  };
});

let home: Home;
let emulator: Emulator;
beforeEach(async () => {
  home = createHome();
  emulator = await startEmulator({ seed: ISSUE_SEED });
  files.trouble = 'none';
});
afterEach(async () => {
  await emulator.close();
  home.remove();
});

const BEFORE = 'A=1\n';
const FOREIGN_GROUP = 1234;
const IS_ROOT = process.geteuid?.() === 0;

/** How a run ends: with the token delivered, refused before it is made, or deleted again. */
type End = 'delivered' | 'refused' | 'rolled back';

interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function play(
  args: readonly string[],
  io: (host: Host) => Partial<Host['io']> = () => ({}),
): Promise<Ran> {
  const variables = {
    ...issueVariables(emulator),
    GITHUB_ENV: join(home.path, '.env'),
    GITHUB_OUTPUT: join(home.path, '.env'),
  };
  const host = createHost({ home: home.path, variables, platform: process.platform });
  const status = await run(args, { ...host, io: { ...host.io, ...io(host) } });
  return { status, ...host.written };
}

/** Holds what there is now against how the run is to have ended. */
function check(end: End, { status, stdout, stderr }: Ran, args: readonly string[], place: string): void {
  const tokens = emulator.snapshot().service_tokens;
  const seeded = ISSUE_SEED.tokens.map(({ id }) => id);
  const fresh = tokens.filter(({ id }) => !seeded.includes(id));
  const creations = emulator.requests.filter(
    ({ method, url }) => method === 'POST' && url.endsWith('/service-tokens'),
  );
  const secrets = [...new Set(place.match(/pscale_tkn_[\w-]+/g))];
  const isOldThere = tokens.some(({ id }) => id === OLD);
  const told = { status, created: creations.length, fresh: fresh.length, isOldThere };
  if (end === 'delivered') {
    const isRotation = args[0] === 'rotate';
    expect(told, stderr).toEqual({ status: 0, created: 1, fresh: 1, isOldThere: !isRotation });
    expect(secrets.map(digestOf)).toEqual([fresh[0]?.secret_sha256]);
    expect(place).toContain(fresh[0]?.id);
  } else {
    const isRefused = end === 'refused';
    expect(told, stderr).toEqual({
      status: isRefused ? 1 : 2,
      created: isRefused ? 0 : 1,
      fresh: 0,
      isOldThere: true,
    });
  }
  if (place !== stdout) expect(stdout).not.toMatch(/pscale_tkn_/);
  expect(stderr.replace(/^::add-mask::.*$/m, '')).not.toMatch(/pscale_tkn_/);
}

const COMMANDS: readonly (readonly [string, readonly string[]])[] = [
  ['create', ['create', '--name', 'ci']],
  ['rotate', ['rotate', OLD]],
  ['duplicate', ['duplicate', OLD]],
];

describe.each(COMMANDS)('%s', (_name, command) => {
  describe.each([
    ['human', ['--format', 'human']],
    ['JSON', ['--format', 'json']],
    ['CSV', ['--format', 'csv']],
    ['--export', ['--export']],
  ])('onto stdout: %s', (_, flags) => {
    const args = [...command, ...flags];

    /** A stdout that is a file with so much room. */
    const fileOf = (room: number) => {
      let content = '';
      const writeSome = (bytes: Uint8Array): number => {
        const taken = Math.min(room - content.length, bytes.length);
        if (taken <= 0) throw Object.assign(new Error('full'), { code: room === 0 ? 'ENOSPC' : 'EFBIG' });
        content += Buffer.from(bytes.subarray(0, taken)).toString();
        return taken;
      };
      return {
        content: () => content,
        io: ({ io }: Host) => ({ stdout: { ...io.stdout, writeSome } }),
      };
    };

    test('a pipe', async () => {
      const ran = await play(args);
      check('delivered', ran, args, ran.stdout);
    });

    test.each([
      ['delivered', 100_000, 'a file'],
      ['rolled back', 60, 'a file that takes a part of it'],
      ['rolled back', 0, 'a full device'],
    ] as const)('%s: %i bytes of room, %s', async (end, room, _what) => {
      const { content, io } = fileOf(room);
      const ran = await play(args, io);
      check(end, ran, args, content());
      if (end === 'rolled back') expect(ran.stderr).toContain('the new token could not be written to stdout');
    });

    test('a pipe whose reader is gone', async () => {
      const ran = await play(args, ({ io }) => {
        io.stdout.stream.on('error', () => {});
        io.stdout.stream.destroy();
        return {};
      });
      check('rolled back', ran, args, ran.stdout);
    });

    test('a stdout that is discarded', async () => {
      const ran = await play(args, () => ({ discardsStdout: true }));
      check('refused', ran, args, ran.stdout);
    });
  });

  describe.each([
    ['-e', ['-e', '.env']],
    ['--github-env', ['--github-env']],
    ['--github-output', ['--github-output']],
  ])('into a file: %s', (flag, flags) => {
    const args = [...command, ...flags];
    const isEnvFile = flag === '-e';
    const path = () => join(home.path, '.env');
    const content = () => (existsSync(path()) ? readFileSync(path(), 'utf8') : '');
    const nothingBeside = () =>
      expect(readdirSync(home.path).filter((name) => /tmp|lock/.test(name))).toEqual([]);

    test.each([false, true])('that is there: %s', async (isThere) => {
      if (isThere) writeFileSync(path(), BEFORE, { mode: 0o600 });
      check('delivered', await play(args), args, content());
      expect(content().startsWith(isThere ? BEFORE : 'PLANETSCALE_')).toBe(true);
      nothingBeside();
    });

    test.each<[End, Trouble, boolean]>([
      ['rolled back', 'short', false],
      ['rolled back', 'short', true],
      ['rolled back', 'full', false],
      ['rolled back', 'full', true],
      ['refused', 'read-only', false],
      ['refused', 'read-only', true],
    ])('%s: a write that is %s; with a second name: %s', async (end, trouble, hasSecondName) => {
      writeFileSync(path(), BEFORE, { mode: 0o600 });
      if (hasSecondName) linkSync(path(), join(home.path, 'second'));
      files.trouble = trouble;
      check(end, await play(args), args, content());
      expect(content()).toBe(BEFORE);
      nothingBeside();
    });

    test('with a second name, and with links that lead to it', async () => {
      writeFileSync(join(home.path, 'behind'), BEFORE, { mode: 0o600 });
      linkSync(join(home.path, 'behind'), join(home.path, 'second'));
      symlinkSync('second', join(home.path, 'third'));
      symlinkSync('third', path());
      check('delivered', await play(args), args, content());
      expect(readFileSync(join(home.path, 'behind'), 'utf8')).toBe(content());
      nothingBeside();
    });

    test.each([0o640, 0o644])('of mode %o, of another group', async (mode) => {
      writeFileSync(path(), BEFORE);
      chmodSync(path(), mode);
      // Anybody else can only give files to groups of their own.
      if (IS_ROOT) chownSync(path(), 0, FOREIGN_GROUP);
      const { gid } = statSync(path());
      const ran = await play(args);
      check('delivered', ran, args, content());
      // The files of a job's steps are not ours: they stay as they are.
      expect(statSync(path()).mode & 0o777).toBe(isEnvFile ? 0o640 : mode);
      expect(statSync(path()).gid).toBe(gid);
      expect(ran.stderr.includes('Other users can no longer access .env')).toBe(isEnvFile && mode === 0o644);
    });

    test.each([
      ['delivered', 'a line of others', `${BEFORE}B=2\n`, 'written'],
      [
        isEnvFile ? 'rolled back' : 'delivered',
        'a pair of others',
        'PLANETSCALE_SERVICE_TOKEN=x\n',
        'written',
      ],
      [isEnvFile ? 'rolled back' : 'delivered', 'another file', `${BEFORE}B=2\n`, 'replaced'],
    ] as const)('%s: changed meanwhile: %s', async (end, _, changed, how) => {
      writeFileSync(path(), BEFORE, { mode: 0o600 });
      emulator.inject({
        answer: 'usual',
        count: 1,
        method: 'POST',
        carriedOut: true,
        hold: async () => {
          if (how === 'written') writeFileSync(path(), changed);
          else
            execFileSync('sh', ['-c', 'printf "%s" "$1" > new; mv new .env', '-', changed], {
              cwd: home.path,
            });
        },
      });
      check(end, await play(args), args, content());
      if (end === 'delivered') expect(content().startsWith(changed)).toBe(true);
      else expect(content()).toBe(changed);
      nothingBeside();
    });

    describe.runIf(canMountSmallDisk())('that is mounted by itself', () => {
      beforeEach(() => {
        writeFileSync(path(), '');
        writeFileSync(join(home.path, 'behind'), BEFORE, { mode: 0o600 });
        execFileSync('mount', ['--bind', join(home.path, 'behind'), path()]);
      });
      afterEach(() => void execFileSync('umount', [path()]));

      test.each<[End, Trouble]>([
        ['delivered', 'none'],
        ['rolled back', 'short'],
      ])('%s: a write that is %s', async (end, trouble) => {
        files.trouble = trouble;
        check(end, await play(args), args, content());
        expect(readFileSync(join(home.path, 'behind'), 'utf8')).toBe(content());
        if (end === 'rolled back') expect(content()).toBe(BEFORE);
        nothingBeside();
      });
    });

    test('with a stderr that does not reach the log', async () => {
      const ran = await play(args, () => ({ stderrReachesLog: false }));
      check(isEnvFile ? 'delivered' : 'refused', ran, args, content());
    });

    test('with a stderr that is closed before the mask is written', async () => {
      const ran = await play(args, ({ io }) => {
        io.stderr.stream.on('error', () => {});
        io.stderr.stream.destroy();
        return {};
      });
      check(isEnvFile ? 'delivered' : 'rolled back', ran, args, content());
    });
  });
});
