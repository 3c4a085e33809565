import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openEnvFile } from '../../src/delivery/env-file.ts';
import { plain } from '../../src/text/text.ts';
import { createHome, type Home } from '../support/cli.ts';
import { createSurroundings, failureOf, SELF, told } from '../support/host.ts';

let home: Home;
beforeEach(() => {
  home = createHome();
});
afterEach(() => home.remove());

const PAIR = { id: 'k3j9x0q2m7ab', token: 'pscale_tkn_new' };
const LINES = `PLANETSCALE_SERVICE_TOKEN_ID=k3j9x0q2m7ab\nPLANETSCALE_SERVICE_TOKEN=pscale_tkn_new\n`;

function open(path = '.env') {
  return openEnvFile(path, createSurroundings({ home: home.path, platform: process.platform }));
}

function write(content: string | Uint8Array, path = '.env'): void {
  writeFileSync(join(home.path, path), content);
}

function content(path = '.env'): string {
  return readFileSync(join(home.path, path), 'utf8');
}

function files(): string[] {
  return readdirSync(home.path);
}

describe('an env file', () => {
  test.each(['{}', '<html>\n', 'PLANETSCALE_SERVICE_TOKEN=encrypted:x\n'])(
    'is not made of anything else, and nothing is made: %j',
    async (before) => {
      write(before);
      const failure = await failureOf(() => open());
      expect(failure.code).toBe('INVALID_USAGE');
      expect(failure.message).toContain('cannot write .env: ');
      expect(content()).toBe(before);
      expect(files()).toEqual(['.env']);
    },
  );

  test('is made where there is none', async () => {
    await (await open()).deliver(PAIR);
    expect(content()).toBe(LINES);
    expect(files()).toEqual(['.env']);
  });

  test('keeps what it holds and gets the new values', async () => {
    write('# mine\nA=1\nPLANETSCALE_SERVICE_TOKEN=old\n');
    await (await open()).deliver(PAIR);
    expect(content()).toBe(
      '# mine\nA=1\nPLANETSCALE_SERVICE_TOKEN=pscale_tkn_new\nPLANETSCALE_SERVICE_TOKEN_ID=k3j9x0q2m7ab\n',
    );
    expect(files()).toEqual(['.env']);
  });

  test.each([
    ['longer than the new one', `PLANETSCALE_SERVICE_TOKEN=${'x'.repeat(5000)}\nÄ='ü'\n`],
    ['empty', ''],
  ])('is replaced whole where the old content is %s', async (_, before) => {
    write(before);
    await (await open()).deliver(PAIR);
    expect(content().split('\n').sort()).toEqual(
      [...LINES.split('\n'), ...(before === '' ? [] : ["Ä='ü'"])].sort(),
    );
  });

  test('keeps its byte order mark', async () => {
    write('\uFEFFA=1\r\n');
    await (await open()).deliver(PAIR);
    expect(content()).toBe(`\uFEFFA=1\r\n${LINES.replaceAll('\n', '\r\n')}`);
  });

  test('takes a pair that is longer than any that was expected', async () => {
    const token = 'x'.repeat(3000);
    await (await open()).deliver({ ...PAIR, token });
    expect(content()).toBe(LINES.replace('pscale_tkn_new', token));
  });

  test('keeps what others wrote since it was opened', async () => {
    write('A=1\n');
    const sink = await open();
    write('A=1\nB=2\n');
    await sink.deliver(PAIR);
    expect(content()).toBe(`A=1\nB=2\n${LINES}`);
  });

  test('stays as it is where no token comes', async () => {
    write('A=1\n');
    const sink = await open();
    expect(content()).toBe('A=1\n');
    await sink.close();
    await sink.close();
    expect(content()).toBe('A=1\n');
    expect(files()).toEqual(['.env']);
  });

  test('is not made where no token comes', async () => {
    await (await open()).close();
    expect(files()).toEqual([]);
  });

  test('may be closed after a token came, and keeps it', async () => {
    const sink = await open();
    await sink.deliver(PAIR);
    await sink.close();
    await sink.close();
    expect(content()).toBe(LINES);
  });

  test('holds no secret, of others neither, beside it while it waits', async () => {
    write('OTHER_SECRET=s3cret\n');
    const sink = await open();
    const [beside = ''] = files().filter((name) => name !== '.env');
    expect(beside).toMatch(/^\.env\..*\.tmp$/);
    expect(content(beside).trim()).toBe('');
    await sink.close();
  });

  test('is found from the working directory', async () => {
    mkdirSync(join(home.path, 'shop'));
    const surroundings = createSurroundings({
      home: home.path,
      workingDirectory: join(home.path, 'shop'),
      platform: process.platform,
    });
    await (await openEnvFile('../.env', surroundings)).deliver(PAIR);
    expect(content()).toBe(LINES);
  });

  test('is called what the user called it, the home directory being ~', async () => {
    const places: string[] = [];
    for (const path of ['.env', join(home.path, '.env')]) {
      const sink = await open(path);
      places.push(plain(sink.place));
      await sink.close();
    }
    expect(places).toEqual(['.env', join('~', '.env')]);
  });
});

describe('what others do while a token is made', () => {
  const change = {
    code: 'COMMAND_FAILED',
    message: 'cannot write .env: something else changed it in the meantime',
  };

  test.each([
    ['another pair', 'PLANETSCALE_SERVICE_TOKEN=a\n', 'PLANETSCALE_SERVICE_TOKEN=b\n'],
    ['a pair where none was', 'A=1\n', 'A=1\nPLANETSCALE_SERVICE_TOKEN_ID=b\n'],
    ['none where one was', 'PLANETSCALE_SERVICE_TOKEN=a\n', ''],
  ])('is not written over: %s', async (_, before, after) => {
    write(before);
    const sink = await open();
    write(after);
    expect(await failureOf(() => sink.deliver(PAIR))).toMatchObject(change);
    expect(content()).toBe(after);
    expect(files()).toEqual(['.env']);
  });

  test('is not written over where they made the file, or put another one in its place', async () => {
    const first = await open();
    write('A=1\n');
    expect(await failureOf(() => first.deliver(PAIR))).toMatchObject(change);
    expect(content()).toBe('A=1\n');
    const second = await open();
    write('A=2\n', 'new');
    renameSync(join(home.path, 'new'), join(home.path, '.env'));
    expect(await failureOf(() => second.deliver(PAIR))).toMatchObject(change);
    expect(content()).toBe('A=2\n');
  });

  test('is refused where it happened since the command was started', async () => {
    write('A=1\n');
    const options = { home: home.path, platform: process.platform };
    const surroundings = (startedAt: number) => ({
      ...createSurroundings(options),
      self: { ...SELF, startedAt },
    });
    const failure = await failureOf(() => openEnvFile('.env', surroundings(Date.now() - 60_000)));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(failure.message).toBe('cannot write .env: it was changed after this command had started');
    expect(files()).toEqual(['.env']);
    // The clock of a file system in the network need not be ours.
    utimesSync(join(home.path, '.env'), new Date(), new Date(Date.now() + 60_000));
    await (await openEnvFile('.env', surroundings(Date.now() - 60_000))).deliver(PAIR);
  });
});

describe('of several runs', () => {
  const LOCK = '.env.pscale-service-token.lock';

  test('one gets the file, and the others are refused until it is done', async () => {
    const opened = await Promise.allSettled([open(), open(), open(), open()]);
    const sinks = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const failures = opened.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(sinks).toHaveLength(1);
    for (const failure of failures) {
      expect(failure).toMatchObject({
        code: 'INVALID_USAGE',
        message: `cannot write .env: another run of this program (process ${process.pid}) is writing it`,
      });
      expect(told(failure)).toContain(`delete ${join(home.path, LOCK)}.`);
    }
    await sinks[0]?.deliver(PAIR);
    await (await open()).close();
    expect(files()).toEqual(['.env']);
  });

  test.each([
    ['of a process that is gone', '1073741824 - 8b9f2c1e-0000-4000-8000-000000000000\n', 0],
    [
      'of an earlier process with the id of this one',
      `${process.pid} 1 8b9f2c1e-0000-4000-8000-000000000000\n`,
      process.platform === 'linux' ? 0 : 1,
    ],
    ['of this process', `${process.pid} - 8b9f2c1e-0000-4000-8000-000000000000\n`, 1],
    ['without a holder, a minute old', '', 0],
    ['with something else in it, a minute old', 'x'.repeat(10_000), 0],
  ])('a lock file %s', async (_, holder, refused) => {
    write(holder, LOCK);
    const minuteAgo = new Date(Date.now() - 60_000);
    utimesSync(join(home.path, LOCK), minuteAgo, minuteAgo);
    if (refused === 1) {
      expect((await failureOf(() => open())).code).toBe('INVALID_USAGE');
      expect(content(LOCK)).toBe(holder);
      return;
    }
    await (await open()).deliver(PAIR);
    expect(files()).toEqual(['.env']);
  });

  test('a lock file from before the machine was started is left over', async () => {
    write(`${process.pid} - 8b9f2c1e-0000-4000-8000-000000000000\n`, LOCK);
    const options = { home: home.path, platform: process.platform };
    const self = { ...SELF, bootedAt: Date.now() + 60_000 };
    await (await openEnvFile('.env', { ...createSurroundings(options), self })).deliver(PAIR);
    expect(files()).toEqual(['.env']);
  });

  test('a fresh lock file without a holder is one that is being written', async () => {
    write('', LOCK);
    expect((await failureOf(() => open())).message).toBe(
      `cannot write .env: ${join(home.path, LOCK)} is in the way`,
    );
  });

  test('a folder in the place of the lock file is in the way, and stays', async () => {
    mkdirSync(join(home.path, LOCK));
    expect((await failureOf(() => open())).message).toContain('is in the way');
    expect(files()).toEqual([LOCK]);
  });

  test('one whose lock file was taken away writes nothing', async () => {
    write('A=1\n');
    const sink = await open();
    rmSync(join(home.path, LOCK));
    const other = await open();
    expect((await failureOf(() => sink.deliver(PAIR))).code).toBe('COMMAND_FAILED');
    expect(content()).toBe('A=1\n');
    await other.deliver(PAIR);
    expect(files()).toEqual(['.env']);
  });
});

describe('before a token is made', () => {
  test.each([
    ['', '--dotenv is empty'],
    ['.', 'cannot write .: it is a folder'],
    ['conf/.env', 'cannot write conf/.env: its folder does not exist'],
  ])('the path %j is refused', async (path, message) => {
    const failure = await failureOf(() => open(path));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(told(failure).split('\n')[0]).toBe(message);
    expect(failure.hint).toBeDefined();
    expect(files()).toEqual([]);
  });

  test.each([
    ['UTF-16', Buffer.from('\uFEFFA=1\r\n', 'utf16le'), 'it is not a text in UTF-8'],
    ['UTF-16 without a mark', Buffer.from('A=1\r\n', 'utf16le'), 'it is not a text in UTF-8'],
    ['Latin-1', Buffer.from('A=ü\n', 'latin1'), 'it is not a text in UTF-8'],
    [
      'a quote that may swallow the new lines',
      Buffer.from(`A='open\nPLANETSCALE_SERVICE_TOKEN='old'\nB=it'\n`),
      'it contains a quote that is never closed',
    ],
  ])('a file in %s is refused, and stays as it is', async (_, bytes, reason) => {
    write(bytes);
    const failure = await failureOf(() => open());
    expect(failure.code).toBe('INVALID_USAGE');
    expect(told(failure)).toContain(`cannot write .env: ${reason}\n`);
    expect(readFileSync(join(home.path, '.env')).equals(bytes)).toBe(true);
    expect(files()).toEqual(['.env']);
  });
});

test('a file of more than 10 MB is refused', async () => {
  write('A=1\n');
  truncateSync(join(home.path, '.env'), 10_000_001);
  expect((await failureOf(() => open())).message).toBe('cannot write .env: it is larger than 10 MB');
});

describe('a token that cannot be put there', () => {
  test('fails the command for a file that changed to what it cannot take', async () => {
    write('A=1\n');
    const sink = await open();
    write(Buffer.from('A=ü\n', 'latin1'));
    const failure = await failureOf(() => sink.deliver(PAIR));
    expect(failure.code).toBe('COMMAND_FAILED');
    expect(failure.message).toBe('cannot write .env: it is not a text in UTF-8');
    expect(files()).toEqual(['.env']);
  });

  test('fails the command for a folder that took the place of the file', async () => {
    const sink = await open();
    mkdirSync(join(home.path, '.env'));
    const failure = await failureOf(() => sink.deliver(PAIR));
    expect(failure.code).toBe('COMMAND_FAILED');
    expect(failure.message).toContain('cannot write .env: ');
    expect(files()).toEqual(['.env']);
  });

  test('fails the command where somebody tidied up in between', async () => {
    const sink = await open();
    for (const name of files()) rmSync(join(home.path, name));
    const failure = await failureOf(() => sink.deliver(PAIR));
    expect(failure.code).toBe('COMMAND_FAILED');
    expect(failure.message).toBe('cannot write .env: something else changed it in the meantime');
    expect(files()).toEqual([]);
  });

  test('fails the command for a secret that env files cannot hold, without telling it', async () => {
    write('A=1\n');
    const sink = await open();
    const failure = await failureOf(() => sink.deliver({ ...PAIR, token: 'se\ncret' }));
    expect(failure.code).toBe('COMMAND_FAILED');
    expect(told(failure)).not.toContain('cret');
    expect(told(failure)).not.toContain('another file');
    expect(told(failure)).toContain('No env file can hold it');
    expect(content()).toBe('A=1\n');
    expect(files()).toEqual(['.env']);
  });
});
