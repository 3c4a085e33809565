import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openGithubFile } from '../../src/delivery/github-file.ts';
import { Interrupted } from '../../src/text/errors.ts';
import { plain } from '../../src/text/text.ts';
import { createHome, type Home } from '../support/cli.ts';
import { createEnvironment, failureOf, told } from '../support/host.ts';

let home: Home;
beforeEach(() => {
  home = createHome();
});
afterEach(() => home.remove());

const PAIR = { id: 'k3j9x0q2m7ab', token: 'pscale_tkn_new' };
const LINES = `PLANETSCALE_SERVICE_TOKEN_ID=k3j9x0q2m7ab\nPLANETSCALE_SERVICE_TOKEN=pscale_tkn_new\n`;
const VARIABLES = { env: 'GITHUB_ENV', output: 'GITHUB_OUTPUT' } as const;

type Kind = keyof typeof VARIABLES;
type Mask = (secret: string) => Promise<void>;

const ignore: Mask = async () => {};

function open(kind: Kind, mask: Mask = ignore, path = join(home.path, kind)) {
  const variables = { [VARIABLES[kind]]: path };
  return openGithubFile(kind, createEnvironment({ home: home.path, variables }), mask);
}

function content(kind: Kind): string {
  return readFileSync(join(home.path, kind), 'utf8');
}

/** Reads it as the runner does, which takes all behind the first `=` of a line for the value. */
function readByRunner(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line !== '');
  return Object.fromEntries(lines.map((line) => [line.split('=', 1).join(''), line.replace(/^.*?=/, '')]));
}

describe.each(['env', 'output'] as const)('--github-%s', (kind) => {
  const variable = VARIABLES[kind];

  test.each([
    ['', LINES],
    ['A=1\n', `A=1\n${LINES}`],
    ['A=1', `A=1\n${LINES}`],
    ['A<<EOF\n1\nEOF', `A<<EOF\n1\nEOF\n${LINES}`],
    ['A=1\r\n', `A=1\r\n${LINES}`],
  ])('adds the pair to what is there: %j', async (before, after) => {
    writeFileSync(join(home.path, kind), before);
    await (await open(kind)).deliver(PAIR);
    expect(content(kind)).toBe(after);
  });

  test('changes nothing where no token comes', async () => {
    writeFileSync(join(home.path, kind), 'A=1');
    const sink = await open(kind);
    await sink.close();
    await sink.close();
    expect(content(kind)).toBe('A=1');
  });

  test('makes a file that is not there yet', async () => {
    await (await open(kind)).deliver(PAIR);
    expect(content(kind)).toBe(LINES);
  });

  test('keeps what was added since it was opened', async () => {
    writeFileSync(join(home.path, kind), 'A=1\n');
    const sink = await open(kind);
    writeFileSync(join(home.path, kind), 'A=1\nB=2\n');
    await sink.deliver(PAIR);
    expect(content(kind)).toBe(`A=1\nB=2\n${LINES}`);
  });

  test('masks the secret, and nothing else, before it is in the file', async () => {
    writeFileSync(join(home.path, kind), 'A=1\n');
    const masked: string[] = [];
    const sink = await open(kind, async (secret) => {
      masked.push(secret, content(kind));
    });
    expect(masked).toEqual([]);
    await sink.deliver(PAIR);
    expect(masked).toEqual(['pscale_tkn_new', 'A=1\n']);
  });

  test('writes no secret that could not be masked', async () => {
    writeFileSync(join(home.path, kind), 'A=1\n');
    const closed = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    const sink = await open(kind, () => Promise.reject(closed));
    const failure = await failureOf(() => sink.deliver(PAIR));
    expect(failure.code).toBe('COMMAND_FAILED');
    expect(failure.message).toBe('cannot mask the secret: its reader is gone');
    expect(content(kind)).toBe('A=1\n');
  });

  test('says so where the masking was interrupted', async () => {
    const sink = await open(kind, () => Promise.reject(new Interrupted('SIGINT')));
    expect((await failureOf(() => sink.deliver(PAIR))).code).toBe('INTERRUPTED');
  });

  test.each(['a=b', '<<EOF', 'x<<y=z', ' a ', '"a\'', '%0A', 'ü'])(
    'writes a value on one line that is read as it is: %j',
    async (token) => {
      await (await open(kind)).deliver({ ...PAIR, token });
      expect(readByRunner(content(kind)).PLANETSCALE_SERVICE_TOKEN).toBe(token);
    },
  );

  test.each(['a\nNODE_OPTIONS=--evil', 'a\r\nB=1', 'a\rB=1', 'a\0', 'a\u001b[1m'])(
    'lets no value bring variables of its own: %j',
    async (token) => {
      writeFileSync(join(home.path, kind), 'A=1\n');
      const masked: string[] = [];
      const sink = await open(kind, async (secret) => {
        masked.push(secret);
      });
      for (const pair of [
        { ...PAIR, token },
        { ...PAIR, id: token },
      ]) {
        const failure = await failureOf(() => sink.deliver(pair));
        expect(failure.code).toBe('COMMAND_FAILED');
        expect(failure.message).toMatch(
          /^the value of PLANETSCALE_SERVICE_TOKEN(_ID)? contains control characters$/,
        );
      }
      // Neither was it told to GitHub, whose commands end with their line.
      expect(masked).toEqual([]);
      expect(content(kind)).toBe('A=1\n');
    },
  );

  test.each([undefined, ''])('needs GitHub Actions, not a variable that is %j', async (value) => {
    const variables = value === undefined ? {} : { [variable]: value };
    const failure = await failureOf(() => openGithubFile(kind, createEnvironment({ variables }), ignore));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(told(failure)).toBe(
      `--github-${kind} needs ${variable}, which is not set\n` +
        'GitHub Actions sets it in each step. Elsewhere, use -e <path> or --export.',
    );
  });

  test('tells of a file that cannot be written before a token is made', async () => {
    mkdirSync(join(home.path, 'folder'));
    for (const [path, reason] of [
      ['folder', 'it is not a regular file'],
      [join('nowhere', 'file'), 'there is no such file or folder'],
    ] as const) {
      const full = join(home.path, path);
      const failure = await failureOf(() => open(kind, ignore, full));
      expect(failure.code).toBe('INVALID_USAGE');
      expect(failure.message).toBe(`cannot write ${full} (from ${variable}): ${reason}`);
      expect(failure.hint).toBeDefined();
    }
    expect(readdirSync(home.path)).toEqual(['folder']);
  });

  test('is called by its variable', async () => {
    expect(plain((await open(kind)).place)).toBe(variable);
  });
});
