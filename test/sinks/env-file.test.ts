import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openEnvFile } from '../../src/sinks/env-file.ts';
import { plain } from '../../src/text.ts';
import { createHome, type Home } from '../support/cli.ts';
import { createSurroundings, failureOf, told } from '../support/host.ts';

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
      'it holds a quote that is never closed',
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

describe('a token that cannot be put there', () => {
  test('fails the command for a file that changed to what it cannot take', async () => {
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
    expect(failure.message).toBe('cannot write .env: there is no such file or folder');
  });

  test('fails the command for a secret that env files cannot hold, without telling it', async () => {
    write('A=1\n');
    const sink = await open();
    const failure = await failureOf(() => sink.deliver({ ...PAIR, token: 'se\ncret' }));
    expect(failure.code).toBe('COMMAND_FAILED');
    expect(told(failure)).not.toContain('cret');
    expect(content()).toBe('A=1\n');
    expect(files()).toEqual(['.env']);
  });
});
