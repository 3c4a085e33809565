import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  renameSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readFoundFile, readNamedFile } from '../../src/files/read-file.ts';
import { Interrupted } from '../../src/text/errors.ts';
import { systemClock } from '../../src/values/clock.ts';
import { createHome, type Home } from '../support/cli.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { createPatience } from '../support/host.ts';

const NO_SIZE = '/proc/self/status';
const MEGABYTE = 1024 * 1024;

let home: Home;
beforeEach(() => {
  home = createHome();
});
afterEach(() => home.remove());

function at(name: string): string {
  return join(home.path, name);
}

function pipe(name = 'pipe'): string {
  execFileSync('mkfifo', [at(name)]);
  return at(name);
}

describe.each<[string, (path: string) => Promise<string | undefined>]>([
  ['found by its place', async (path) => readFoundFile(path)?.content],
  ['named', async (path) => (await readNamedFile(path, createPatience()))?.content],
])('a file %s', (_, read) => {
  test('is read, through links too', async () => {
    writeFileSync(at('file'), 'org: acme\n');
    symlinkSync('file', at('link'));
    expect(await read(at('link'))).toBe('org: acme\n');
  });

  test('is none where nothing is, or a link leads nowhere', async () => {
    symlinkSync('nowhere', at('link'));
    expect(await read(at('missing'))).toBeUndefined();
    expect(await read(at('link'))).toBeUndefined();
  });

  test('may have 1 MB and not one byte more', async () => {
    writeFileSync(at('file'), Buffer.alloc(MEGABYTE, '#'));
    expect(await read(at('file'))).toHaveLength(MEGABYTE);
    writeFileSync(at('file'), Buffer.alloc(MEGABYTE + 1, '#'));
    await expect(read(at('file'))).rejects.toThrow('it is larger than 1 MB');
  });

  test('that tells no size is read to its end', async () => {
    writeFileSync(at('file'), 'Name:\n');
    // Linux has files that are regular, and hold more than they say.
    expect(await read(existsSync(NO_SIZE) ? NO_SIZE : at('file'))).toContain('Name:');
  });

  test.each([
    ['/dev/zero', 'it is a device'],
    ['/dev/urandom', 'it is a device'],
    ['.', 'it is a folder'],
    ['link', 'its symbolic links lead in a circle'],
  ])('that is a link to %s is refused at once, in words', async (target, reason) => {
    symlinkSync(target, at('link'));
    await expect(read(at('link'))).rejects.toThrow(reason);
  });

  test('that is a socket is refused at once, in words', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(at('socket'), resolve));
    try {
      await expect(read(at('socket'))).rejects.toThrow(/^it is a socket/);
    } finally {
      server.close();
    }
  });

  test.each([
    ['Latin-1', Buffer.from('org: acme\n# caf\xe9\n', 'latin1'), 2],
    ['UTF-16', Buffer.from('\ufefforg: acme\n', 'utf16le'), 1],
    ['a character that is cut off', Buffer.from('a\n\nb: \xe2\x82', 'latin1'), 3],
    ['a replacement character, and then Latin-1', Buffer.from([0xef, 0xbf, 0xbd, 0x0a, 0xe9, 0x0a]), 2],
  ])('in another encoding is refused, with its line: %s', async (_, bytes, line) => {
    writeFileSync(at('file'), bytes);
    await expect(read(at('file'))).rejects.toThrow(`it is not UTF-8 text, in line ${line}`);
  });

  test('that may not be read is refused in words', async () => {
    writeFileSync(at('file'), 'org: acme\n');
    chmodSync(at('file'), 0);
    const outcome = await read(at('file')).catch((error: unknown) => String(error));
    // Root may read it all the same.
    expect(outcome).toMatch(process.getuid?.() === 0 ? /^org: acme$/m : /permission denied$/);
  });
});

describe('a named file that is written meanwhile', () => {
  const NEVER = new AbortController().signal;
  /** What a writer does while this program makes sure that nothing comes any more. */
  const during = (act: () => void): FakeClock => {
    const clock = new FakeClock({ now: Date.now() });
    vi.spyOn(clock, 'sleep').mockImplementation(async (ms) => {
      clock.slept.push(ms);
      act();
    });
    return clock;
  };

  test.each([
    ['goes on', 'a: 1\n', 'a: 1\nb: 2\n'],
    ['is replaced in place by as many bytes', 'a: 1\n', 'b: 2\n'],
  ])('is refused: %s', async (_, before, after) => {
    writeFileSync(at('file'), before);
    const clock = during(() => {
      writeFileSync(at('file'), after);
      // Some file systems tell times of change in steps.
      utimesSync(at('file'), new Date(), new Date(Date.now() + 10));
    });
    await expect(readNamedFile(at('file'), { clock, signal: NEVER })).rejects.toThrow(
      'it was changed while it was read',
    );
  });

  test('is whole where another file takes its place', async () => {
    writeFileSync(at('file'), 'a: 1\n');
    const clock = during(() => {
      writeFileSync(at('new'), 'b: 2\n');
      renameSync(at('new'), at('file'));
    });
    expect(await readNamedFile(at('file'), { clock, signal: NEVER })).toMatchObject({ content: 'a: 1\n' });
    expect(clock.slept).toHaveLength(1);
  });

  test('nothing is waited for where it is older', async () => {
    writeFileSync(at('file'), 'a: 1\n');
    utimesSync(at('file'), new Date(), new Date(Date.now() - 1_000));
    const clock = new FakeClock({ now: Date.now() });
    await readNamedFile(at('file'), { clock, signal: NEVER });
    expect(clock.slept).toEqual([]);
  });
});

test('a pipe found by its place is refused at once, without a writer and with one', () => {
  const path = pipe();
  expect(() => readFoundFile(path)).toThrow('it is a pipe, not a regular file');
  const both = openSync(path, 'r+');
  writeSync(both, 'org: acme\n');
  expect(() => readFoundFile(path)).toThrow('it is a pipe, not a regular file');
  closeSync(both);
});

describe('a pipe that is named', () => {
  const NEVER = new AbortController().signal;

  test('is read to its end, in whatever pieces it comes, from a writer that comes late', async () => {
    const path = pipe();
    const clock = new FakeClock({ held: true });
    const looked = clock.nextSleep();
    const reading = readNamedFile(path, { clock, signal: NEVER });
    await looked;
    const writer = openSync(path, 'w');
    for (const piece of ['org: ', 'acme\n']) {
      writeSync(writer, piece);
      const lookedAgain = clock.nextSleep();
      clock.advance(50);
      await lookedAgain;
    }
    closeSync(writer);
    clock.advance(50);
    expect(await reading).toEqual({ content: 'org: acme\n', mode: undefined });
  });

  test('has 30 s', async () => {
    const clock = new FakeClock();
    const writer = openSync(pipe(), 'r+');
    writeSync(writer, 'org: ac');
    await expect(readNamedFile(at('pipe'), { clock, signal: NEVER })).rejects.toThrow(
      'it is a pipe that was not finished within 30 seconds',
    );
    expect(clock.timeouts).toEqual([30_000]);
    expect(clock.waited).toBe(30_000);
    expect(clock.sleeping).toBe(0);
    closeSync(writer);
  });

  test('that nobody opens for writing has 30 s, too', async () => {
    const clock = new FakeClock();
    const reading = readNamedFile(pipe(), { clock, signal: NEVER });
    await expect(reading).rejects.toThrow('not finished within 30 seconds');
    expect(clock.waited).toBe(30_000);
  });

  test('is left at once when a signal comes', async () => {
    const clock = new FakeClock({ held: true });
    const interruption = new AbortController();
    const looked = clock.nextSleep();
    const reading = readNamedFile(pipe(), { clock, signal: interruption.signal });
    await looked;
    const reason = new Interrupted('SIGTERM');
    interruption.abort(reason);
    await expect(reading).rejects.toBe(reason);
    expect(clock.sleeping).toBe(0);
  });

  test('may deliver 1 MB and not one byte more', async () => {
    const [, ended] = writing(pipe(), `head -c ${MEGABYTE + 1} /dev/zero`);
    const reading = readNamedFile(at('pipe'), { clock: systemClock, signal: NEVER });
    await expect(reading).rejects.toThrow('it is larger than 1 MB');
    await ended;
    const [, endedToo] = writing(at('pipe'), `head -c ${MEGABYTE} /dev/zero`);
    const found = await readNamedFile(at('pipe'), { clock: systemClock, signal: NEVER });
    expect(found?.content).toHaveLength(MEGABYTE);
    await endedToo;
  });
});

test('the null device, when it is named, is an empty file', async () => {
  expect(await readNamedFile('/dev/null', createPatience())).toEqual({ content: '', mode: undefined });
  symlinkSync('/dev/null', at('link'));
  expect(() => readFoundFile(at('link'))).toThrow('it is a device, not a regular file');
});

/** A shell that writes into a pipe, and its end. */
function writing(path: string, command: string): [ChildProcess, Promise<unknown>] {
  const child = spawn('sh', ['-c', `${command} > "$0"`, path], { stdio: 'ignore' });
  return [child, once(child, 'exit')];
}
