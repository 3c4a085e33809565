import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { COMMANDS } from '../src/commands/all.ts';
import { type Emulator, startEmulator } from '../src/emulator/index.ts';
import { createHome, type Home } from './support/cli.ts';
import { createHost, type HostOptions, type Ran } from './support/host.ts';
import {
  HOSTILE,
  type HostileApi,
  hostileAnswers,
  hostileRefusals,
  rawAnswer,
  SHOWN,
  type Target,
} from './support/hostile-api.ts';
import { run } from './support/program.ts';
import { leavesOf } from './support/tree.ts';

/**
 * A way to call each command, by its full name; several where it has several views. Answers to questions
 * are typed one after the other as they are asked.
 */
const CALLS: Readonly<Record<string, readonly Call[]>> = {
  create: [
    { words: ['--name', 'new'] },
    { words: ['--name', 'new', '--access', 'shop=read_branch', '--ttl', '1h'] },
    { words: ['--name', 'new', '--for', 'shop=create_branch'] },
    { words: ['--name', 'new', '--export'], stdoutIsForMachines: true },
    { words: ['-i', '--name', 'new', '--ttl', '1h'], keys: ['shop\r', 'read_branch \r', 'Done\r', 'y\r'] },
  ],
  list: [{ words: [] }, { words: ['--name', 'nobody'] }],
  show: [{ words: ['tok000000001'] }, { words: ['name:nobody'] }, { words: ['name:twin'] }],
  'show-access': [{ words: ['tok000000001'] }],
  edit: [
    { words: ['tok000000001', '--database', 'shop'], keys: ['delete_branch \r', 'y\r'] },
    { words: [], keys: ['\r', '\r', '\r'] },
  ],
  'add-access': [
    { words: ['tok000000001', 'read_branch', '--database', 'shop'] },
    { words: ['tok000000001', 'read_databases', '--organization-level'] },
    { words: ['tok000000001', '--for', 'shop=create_branch'] },
  ],
  'delete-access': [
    { words: ['tok000000001', 'read_branch', '--database', 'shop'] },
    { words: ['tok000000001', '--all', '--database', 'shop', '--force'] },
  ],
  delete: [{ words: ['tok000000001'], keys: ['y\r'] }, { words: ['tok000000001', '--force'] }],
  update: [{ words: ['tok000000001', '--name', 'x'] }, { words: ['tok000000001', '--cidrs', ''] }],
  rotate: [{ words: ['tok000000001', '--force'] }],
  duplicate: [{ words: ['tok000000001'] }],
  exec: [
    { words: ['--access', 'shop=read_branch', '--', process.execPath, '-e', ''] },
    { words: ['--', `./missing${HOSTILE.replace('\ud800', '')}`] },
  ],
  prune: [
    { words: ['--name', '*'] },
    { words: ['--name', '*', '--apply'], keys: ['y\r'] },
    { words: ['--name', '*', '--apply', '--force'] },
  ],
  permissions: [
    { words: ['branch'] },
    { words: ['--for', 'branch create'] },
    { words: ['--of', 'tok000000001'] },
  ],
  'access export': [{ words: [] }, { words: ['--owns', 'c*', '--comments'] }],
  'access validate': [{ words: ['tokens.yml'] }, { words: ['hostile.yml'] }, { words: [HOSTILE] }],
  'access plan': [
    { words: ['tokens.yml'] },
    { words: ['tokens.yml', '--format', 'markdown'] },
    { words: ['hostile.yml'] },
  ],
  'access apply': [
    { words: ['tokens.yml', '-e', '{name}.env'], keys: ['y\r'] },
    { words: ['tokens.yml', '--force', '-e', '{name}.env', '--max-deletions', '2'] },
  ],
  'access schema': [{ words: [] }],
  'access explain': [
    { words: ['tok000000001'] },
    { words: ['tok000000001', 'shop=create_branch'] },
    { words: ['tok000000001', `shop=${HOSTILE}`] },
    { words: [HOSTILE, 'list_databases'] },
  ],
  doctor: [{ words: [] }],
  version: [{ words: [] }],
  whoami: [{ words: [] }],
  'branch create': [{ words: ['shop', 'new'] }],
  'branch list': [{ words: ['shop'] }],
  'branch show': [{ words: ['shop', 'main'] }],
  'branch delete': [{ words: ['shop', 'old', '--force'] }, { words: ['shop', 'old'], keys: ['shop/old\r'] }],
  'emulator start': [{ words: [], isInterrupted: true }],
  'emulator exec': [{ words: ['--', process.execPath, '-e', ''] }],
  'agent-guide': [{ words: [] }],
  'config show': [{ words: [] }],
  'config get': [{ words: ['org'] }, { words: [HOSTILE] }],
  'config set': [{ words: ['org', HOSTILE] }, { words: ['format', 'human'] }],
  'config unset': [{ words: ['format'] }],
  'config path': [{ words: [] }],
  completion: [{ words: ['bash'] }, { words: [HOSTILE] }],
  __complete: [
    { words: ['--', 'show', ''], hasTabs: true },
    { words: ['--', 'branch', 'list', ''], hasTabs: true },
  ],
  help: [{ words: ['list'] }, { words: [HOSTILE] }],
};

interface Call {
  readonly words: readonly string[];
  readonly keys?: readonly string[];
  /** What is printed is taken by a shell, character by character; test/sinks looks at it. */
  readonly stdoutIsForMachines?: boolean;
  readonly isInterrupted?: boolean;
  /** A tab stands between a name and its description, for shells. */
  readonly hasTabs?: boolean;
}

const EVERY_CALL = Object.entries(CALLS).flatMap(([name, calls]) =>
  calls.map((call) => ({ ...call, line: [...name.split(' '), ...call.words] })),
);
/** Those that ask the API something. */
const API_CALLS = EVERY_CALL.filter(
  ({ line: [first = ''] }) => !['emulator', 'config', 'agent-guide', 'completion', 'help'].includes(first),
);

let home: Home;
beforeAll(() => {
  home = createHome();
  writeFileSync(
    join(home.path, 'tokens.yml'),
    `version: 1
organization: acme
owns: ["c*", twin]
tokens:
  ci: {access: {organization: [read_databases]}, cidrs: [203.0.113.7]}
  ci-new: {access: {databases: {shop: [read_branch]}}}
`,
  );
  const owned = { version: 1, organization: HOSTILE, owns: [HOSTILE], [HOSTILE]: HOSTILE };
  writeFileSync(join(home.path, 'hostile.yml'), JSON.stringify({ ...owned, tokens: { [HOSTILE]: {} } }));
});
afterAll(() => home.remove());

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator({
    seed: {
      databases: [{ name: 'shop', branches: [{ name: 'main', production: true }, { name: 'old' }] }],
      tokens: [
        { id: 'tok000000001', name: 'ci', access: [{ database: 'shop', access: ['read_branch'] }] },
        { id: 'tok000000002', name: 'twin' },
        { id: 'tok000000003', name: 'twin' },
      ],
    },
  });
});
afterEach(() => emulator.close());

/** Plays a call on a terminal with colour, so that everything is drawn that ever is. */
async function play(call: Call & { line: readonly string[] }, options: HostOptions = {}): Promise<Ran> {
  const isPerson = call.keys !== undefined;
  const host = createHost({
    home: home.path,
    terminal: { stdin: isPerson, stdout: true, stderr: true },
    now: Date.now(),
    ...options,
  });
  if (call.isInterrupted) host.interruption.interrupt('SIGTERM');
  let isOver = false;
  const ended = run(call.line, host).finally(() => {
    isOver = true;
  });
  // A question is open for as long as it listens to keys.
  const isAsked = (): boolean => host.io.stdin.listenerCount('data') > 0;
  for (const keys of call.keys ?? []) {
    await until(() => isOver || isAsked());
    if (isOver) break;
    host.io.stdin.push(keys);
    await until(() => isOver || !isAsked(), 200);
  }
  if (isPerson) await until(() => isOver || isAsked());
  // Whatever is still asked ends with the command.
  if (!isOver && isPerson) host.interruption.interrupt('SIGINT');
  const status = await ended;
  return { status, ...host.written };
}

/** @param turns no longer than that: keys may mean nothing to a question */
async function until(isSo: () => boolean, turns = Number.POSITIVE_INFINITY): Promise<void> {
  for (let turn = 0; turn < turns && !isSo(); turn += 1)
    await new Promise((resolve) => setImmediate(resolve));
}

/** Our own sequences: colours, what the prompts move and erase with, and the alternate screen. None of the hostile ones is among them. */
const OURS =
  /\r\u001b\[(?:J|\d+C)|\u001b\[\d+A\r(?:\u001b\[\d+C)?|\u001b\[(?:\d{1,2}m|\d*(?:;\d+)?[ABGH]|2[JK]|[JK]|\?(?:25|1049|2026)[hl])/g;

/** Characters that a terminal obeys or hides, by their numbers: not by the program's own idea of them. */
const UNSAFE: readonly (readonly [number, number])[] = [
  [0x00, 0x09],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x034f, 0x034f],
  [0x061c, 0x061c],
  [0x115f, 0x1160],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xfe00, 0xfe0d],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  // What is no character became U+FFFD on its way through bytes.
  [0xfff0, 0xfffd],
  [0xe0000, 0xe0fff],
];

function isUnsafe(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return UNSAFE.some(([first, last]) => first <= code && code <= last);
}

function expectSafe(ran: Ran, call: Call): void {
  const outputs = call.stdoutIsForMachines ? [ran.stderr] : [ran.stdout, ran.stderr];
  for (const output of outputs) {
    const left = output.replace(OURS, '').replaceAll(call.hasTabs ? '\t' : '', '');
    expect([...left].filter(isUnsafe), JSON.stringify(left)).toEqual([]);
    expect(left, 'a line of its own').not.toMatch(/^Error: fake/m);
  }
}

function settings(url: string, others: Readonly<Record<string, string>> = {}): HostOptions {
  return {
    variables: {
      PLANETSCALE_API_URL: url,
      PLANETSCALE_ORG: 'acme',
      PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
      PLANETSCALE_TIMEOUT: '5s',
      ...others,
    },
  };
}

async function playAgainst(api: HostileApi, call: Call & { line: readonly string[] }): Promise<Ran> {
  try {
    return await play(call, settings(api.url, { PLANETSCALE_DEBUG: '1' }));
  } finally {
    await api.close();
  }
}

test('the walk knows every command', async () => {
  const paths = (await leavesOf(COMMANDS)).map(({ path }) => path);
  expect(paths.toSorted()).toEqual(Object.keys(CALLS).toSorted());
});

describe('hostile strings in what the API answers', () => {
  const targets: readonly Target[] = ['names', 'times', 'ids', 'everything'];

  describe.each(targets)('in its %s', (target) => {
    test.each(API_CALLS)('$line', async (call) => {
      const ran = await playAgainst(await hostileAnswers(emulator, target), call);
      expectSafe(ran, call);
    });
  });

  test.each([
    ['list', 'names'],
    ['show tok000000001', 'names'],
    ['show-access tok000000001', 'names'],
    ['branch list shop', 'names'],
    ['prune --name *', 'names'],
    ['duplicate tok000000001', 'names'],
    ['show name:nobody', 'ids'],
    ['list', 'ids'],
  ] as const)('%s shows those in %s instead', async (line, target) => {
    // On a line of its own: a name that is wrapped stands there in pieces.
    const call = { words: [], line: [...line.split(' '), '--wide'] };
    const ran = await playAgainst(await hostileAnswers(emulator, target), call);
    if (line !== 'show name:nobody') expect(ran.stdout + ran.stderr).toContain(SHOWN);
    expectSafe(ran, call);
  });

  test('two tokens of one name are told apart by times that are shown, too', async () => {
    const call = { words: [], line: ['show', 'name:twin'] };
    const ran = await playAgainst(await hostileAnswers(emulator, 'times'), call);
    expect(ran.stderr).toContain(`created 2026-01-01 (${SHOWN}`);
    expectSafe(ran, call);
  });
});

const BODIES = {
  'the usual error': JSON.stringify({ code: HOSTILE, message: HOSTILE }),
  "OAuth's error": JSON.stringify({ error: HOSTILE, error_description: HOSTILE }),
  'the error of parameters': JSON.stringify({
    errors: [{ namespace: HOSTILE, name: HOSTILE, errors: [HOSTILE, HOSTILE] }],
  }),
  // Half of a character cannot be sent but in JSON.
  'no JSON': `<html>${HOSTILE.replace('\ud800', '')}`,
  'the wrong JSON': JSON.stringify({ [HOSTILE]: HOSTILE, data: HOSTILE, id: HOSTILE, name: HOSTILE }),
} as const;

describe('hostile strings in what the API refuses', () => {
  const usual = [200, 302, 400, 401, 403, 404, 418, 422, 429, 500].map(
    (status) => [status, 'the usual error'] as const,
  );
  const others = [
    [401, "OAuth's error"],
    [422, 'the error of parameters'],
    [200, 'no JSON'],
    [403, 'no JSON'],
    [500, 'no JSON'],
    [200, 'the wrong JSON'],
  ] as const;

  test.each([...usual, ...others])('%i, as %s', async (status, body) => {
    for (const call of API_CALLS) {
      const api = await hostileRefusals(emulator, () => true, status, BODIES[body]);
      expectSafe(await playAgainst(api, call), call);
    }
  });

  test.each([200, 403, 422, 500])(
    '%i for what changes something, all else being as usual',
    async (status) => {
      for (const call of API_CALLS) {
        const isRefused = (method: string): boolean => method !== 'GET';
        const api = await hostileRefusals(emulator, isRefused, status, BODIES['the usual error']);
        expectSafe(await playAgainst(api, call), call);
      }
    },
  );

  test.each(['the usual error', "OAuth's error", 'the error of parameters', 'no JSON'] as const)(
    'shows %s',
    async (name) => {
      const call = { words: [], line: ['list'] };
      const api = await hostileRefusals(emulator, () => true, 422, BODIES[name]);
      expect((await playAgainst(api, call)).stderr).toContain('\\e]0;owned\\x07');
    },
  );
});

describe('hostile bytes in the head of an answer', () => {
  // Bytes of C1 controls: clients let those through in headers that they would refuse ESC in.
  const bytes = '\u009b31m\u0085\u009d0;owned\u009c\u00ad';
  test.each([
    ['a reason', `HTTP/1.1 403 ${bytes}\r\nContent-Length: 0\r\n\r\n`],
    ['a reason with ESC', `HTTP/1.1 403 \u001b[2J\r\nContent-Length: 0\r\n\r\n`],
    ['a location', `HTTP/1.1 302 Found\r\nLocation: http://${bytes}/\r\nContent-Length: 0\r\n\r\n`],
    ['a location here', `HTTP/1.1 302 Found\r\nLocation: /${bytes}\r\nContent-Length: 0\r\n\r\n`],
    ['a location with ESC', 'HTTP/1.1 302 Found\r\nLocation: \u001b[2J\r\nContent-Length: 0\r\n\r\n'],
    ['a wait', `HTTP/1.1 429 No\r\nRetry-After: ${bytes}\r\nContent-Length: 0\r\n\r\n`],
    ['an encoding', `HTTP/1.1 200 OK\r\nContent-Encoding: ${bytes}\r\nContent-Length: 2\r\n\r\n{}`],
    ['no head at all', `${bytes}\u001b[2J\u0007`],
  ])('%s', async (_, head) => {
    for (const line of [['list'], ['create', '--name', 'x'], ['delete', 'tok000000001', '--force']]) {
      const call = { words: [], line };
      const ran = await playAgainst(await rawAnswer(Buffer.from(head, 'latin1')), call);
      expectSafe(ran, call);
    }
  });
});

describe('hostile strings from elsewhere', () => {
  test.each(EVERY_CALL)('on the command line of $line', async (call) => {
    // What stands behind it is another command's.
    const separator = call.line.includes('--') ? call.line.indexOf('--') : call.line.length;
    const lines = [
      [...call.line.slice(0, 1), HOSTILE, ...call.line.slice(1)],
      [...call.line.slice(0, 1), `--${HOSTILE}`, ...call.line.slice(1)],
      [HOSTILE, ...call.line],
      ['--format', HOSTILE, ...call.line],
      ['--api-url', HOSTILE, ...call.line],
      ['--org', HOSTILE, ...call.line],
      ['--config', HOSTILE.replaceAll('\ud800', ''), ...call.line],
      ...call.line.slice(0, separator).map((word, index) => call.line.with(index, word + HOSTILE)),
    ];
    for (const line of lines) {
      const ran = await play(
        { ...call, line, isInterrupted: call.line[0] === 'emulator' },
        settings(emulator.url),
      );
      expectSafe(ran, call);
    }
  });

  test.each([
    'PLANETSCALE_ORG',
    'PLANETSCALE_API_URL',
    'PLANETSCALE_FORMAT',
    'PLANETSCALE_TIMEOUT',
    'PLANETSCALE_DATABASE',
    'PLANETSCALE_SERVICE_TOKEN_ID',
    'PLANETSCALE_SERVICE_TOKEN',
    'PLANETSCALE_API_TOKEN',
    'PLANETSCALE_CONFIG',
    'HTTP_PROXY',
    'NO_PROXY',
  ])('in %s', async (name) => {
    for (const line of [['list'], ['doctor'], ['add-access', 'tok000000001', 'read_branch']]) {
      const value = name === 'PLANETSCALE_CONFIG' ? HOSTILE.replaceAll('\ud800', '') : HOSTILE;
      const ran = await play(
        { words: [], line },
        settings(emulator.url, { [name]: value, PLANETSCALE_DEBUG: '1' }),
      );
      expectSafe(ran, { words: [] });
    }
  });

  test.each(['org', 'database', 'api-url', 'format', 'service-token', `x${HOSTILE}`])(
    'in a file, as %j',
    async (key) => {
      const own = createHome();
      try {
        const folder = join(own.path, '.config', 'planetscale');
        mkdirSync(folder, { recursive: true });
        const content = `${JSON.stringify(key)}: ${JSON.stringify(HOSTILE)}\n`;
        for (const file of [join(folder, 'pscale.yml'), join(own.path, '.pscale.yml')]) {
          writeFileSync(file, content, { mode: 0o600 });
          for (const line of [['list'], ['doctor'], ['add-access', 'tok000000001', 'read_branch']]) {
            const { PLANETSCALE_ORG: _, ...variables } = settings(emulator.url).variables ?? {};
            const ran = await play({ words: [], line }, { variables, home: own.path });
            expectSafe(ran, { words: [] });
          }
        }
      } finally {
        own.remove();
      }
    },
  );
});

describe('machines', () => {
  test.each(
    API_CALLS.filter(({ keys, stdoutIsForMachines, hasTabs }) => !keys && !stdoutIsForMachines && !hasTabs),
  )('get JSON of $line without a control character', async ({ line, ...call }) => {
    for (const target of ['names', 'everything'] as const) {
      const api = await hostileAnswers(emulator, target);
      const ran = await playAgainst(api, { ...call, line: ['--format', 'json', ...line] });
      // All that JSON leaves in as it is: format characters, which no parser of terminals obeys.
      expect(ran.stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      expectSafe({ ...ran, stdout: '' }, call);
    }
  });

  test('get CSV as exact as the official one, with nothing hostile beside it', async () => {
    const call = { words: [], line: ['list', '--format', 'csv'] };
    const ran = await playAgainst(await hostileAnswers(emulator, 'names'), call);
    expect(ran.stdout).toContain('ci\u001b]0;owned\u0007');
    expectSafe({ ...ran, stdout: '' }, call);
  });
});
