import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { longName, type Spelling } from '../src/cli/declaration.ts';
import { DEPRECATED_ID, GLOBAL_FLAGS } from '../src/cli/global-flags.ts';
import { isGroup } from '../src/cli/tree.ts';
import { COMMANDS as TREE } from '../src/commands/all.ts';
import { ASK } from '../src/completion/scripts.ts';
import { type Answer, interceptApi, json } from './support/api.ts';
import { createHost, type Ran } from './support/host.ts';
import { run } from './support/program.ts';
import { leavesOf } from './support/tree.ts';

/**
 * Command lines of our own words and of hostile ones. Whatever comes of one, it is something that the
 * documentation tells: a status, one failure in the format that was asked for, nothing sent for what was
 * refused, and no secret, stack trace or terminal sequence.
 */

const RUNS = 3_000;
/** The same lines each time, so that a change is to blame for a failure; another number tries others. */
const SEED = Number(process.env.FUZZ_SEED ?? 1);

/** Reaches the program by a variable. */
const AMBIENT_SECRET = 'pscale_oauth_AMBIENTofTheFuzz';
/** Lands where it does not belong; recognized by its shape. */
const MISPLACED_SECRET = 'pscale_tkn_MISPLACEDofTheFuzz';
/** Of no known shape: only the flag that it stands behind tells that it is one. */
const SHAPELESS_SECRET = 'opaque-SHAPELESS-ofTheFuzz';

interface KnownCommand {
  readonly words: readonly string[];
  readonly flags: readonly string[];
}

const GLOBALS = spellingsOf([
  ...GLOBAL_FLAGS,
  DEPRECATED_ID,
  { flags: '--version', description: '', takes: 'nothing' },
]);
const COMMANDS: readonly KnownCommand[] = [
  ...(await leavesOf(TREE)).map(({ path, command }) => ({
    words: path.split(' '),
    flags: spellingsOf(command.flags),
  })),
  ...TREE.filter(isGroup).flatMap(({ name }) => [
    { words: [name], flags: spellingsOf([]) },
    { words: [name, 'help'], flags: spellingsOf([]) },
  ]),
];
const FLAGS = [...new Set([...GLOBALS, ...COMMANDS.flatMap(({ flags }) => flags)])];

/** Every way to write the flags, and those for help. */
function spellingsOf(spellings: readonly Spelling[]): string[] {
  const written = spellings.flatMap(({ flags }) => [longName(flags), ...(/^-\w/.exec(flags) ?? [])]);
  return [...written, '--help', '-h'];
}

const api = interceptApi();
let home = '';
const folder = process.cwd();

beforeAll(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'pscale-service-token-')));
  writeFileSync(join(home, 'tokens.yml'), 'version: 1\norganization: acme\nowns: []\n');
  // Some paths on a command line are relative to it.
  process.chdir(home);
});
afterAll(() => {
  process.chdir(folder);
  rmSync(home, { recursive: true, force: true });
});

const plausible = fc.constantFrom(
  ...['acme', 'shop', 'main', 'ci-deploy', 'k3j9x0q2m7ab', 'callerid0000', 'name:ci', 'name:', '*'],
  ...['read_branch', 'create_branch', 'read_brnch', 'shop=read_branch', 'shop=', '=', '=read_branch,', ','],
  ...['30d', '0', '-1', '12h', '1x', '2027-01-31', 'tomorrow', '99999999999999999999', '5m', '1ms'],
  ...[
    'json',
    'csv',
    'human',
    'xml',
    'id,name',
    'created-at:desc',
    'id:',
    '.env',
    'tokens.yml',
    'no/such/file',
    '.',
  ],
  ...['bash', 'zsh', 'user', '503:2', 'drop:1', '0', '65536', '127.0.0.1', 'http://127.0.0.1:9/x'],
  ...['https://u:p@api.example.test', 'http://api.example.test', 'ftp://x', 'service-token'],
);
const hostile = fc.oneof(
  fc.constantFrom(
    ...['', ' ', '-', '--', '---', '--=', '-=', '=', '\0', '\n', '\r\n', '\u001b[2J', '\u009b31m', '\u202e'],
    ...['../databases/shop', '..', '.', '%2e%2e', 'a/b', '\ud800', '\u{e0041}', '__proto__', 'constructor'],
    ...['$(id)', '`id`', ';id', "'", '"', '--org=', '--force=yes', '--no-org', '-fjson', '-f=', '-xyz'],
    ...[
      'toString',
      '--constructor',
      '--__proto__',
      'hasOwnProperty',
      '--format=json=csv',
      'x'.repeat(10_000),
    ],
    ...[MISPLACED_SECRET, `name:${MISPLACED_SECRET}`, `--org=${MISPLACED_SECRET}`, `--${MISPLACED_SECRET}`],
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);
const word = fc.oneof({ weight: 3, arbitrary: plausible }, { weight: 1, arbitrary: hostile });

/** A flag by itself, with a value behind it or joined to it. */
function flagFrom(flags: readonly string[]): fc.Arbitrary<string[]> {
  return fc
    .tuple(fc.constantFrom(...flags), word, fc.constantFrom('none', 'behind', 'behind', 'joined'))
    .map(([flag, value, manner]) =>
      manner === 'none' ? [flag] : manner === 'joined' ? [`${flag}=${value}`] : [flag, value],
    );
}

/** The words keep together: apart from each other nothing would tell that this is a secret. */
const secretFlag = fc
  .tuple(fc.constantFrom('--api-token', '--service-token'), fc.boolean())
  .map(([flag, isJoined]) => (isJoined ? [`${flag}=${SHAPELESS_SECRET}`] : [flag, SHAPELESS_SECRET]));

/** A command with its own flags and arguments, and something odd now and then. */
const likely = fc
  .constantFrom(...COMMANDS)
  .chain(({ words, flags }) =>
    fc
      .tuple(
        fc.array(
          fc.oneof(
            { weight: 6, arbitrary: flagFrom(flags) },
            { weight: 2, arbitrary: flagFrom(GLOBALS) },
            { weight: 1, arbitrary: secretFlag },
            { weight: 6, arbitrary: word.map((one) => [one]) },
          ),
          { maxLength: 6 },
        ),
        fc.option(fc.array(word, { maxLength: 3 }), { freq: 4 }),
      )
      .map(([parts, behind]) => [...words, ...parts.flat(), ...(behind === null ? [] : ['--', ...behind])]),
  );
/** Words in any order. */
const wild = fc
  .array(
    fc.oneof(
      fc.constantFrom(...COMMANDS.flatMap(({ words }) => words)).map((one) => [one]),
      flagFrom(FLAGS),
      secretFlag,
      word.map((one) => [one]),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.flat());
/** A key that was not hit, or hit twice. */
const misspelt = fc.tuple(likely, fc.nat(), fc.nat(), fc.boolean()).map(([argv, which, where, isTwice]) => {
  const index = which % argv.length;
  const one = argv[index] ?? '';
  if (one.includes(SHAPELESS_SECRET) || SECRET_FLAGS.test(one)) return argv;
  const at = where % (one.length + 1);
  return argv.with(index, one.slice(0, at) + (isTwice ? one.slice(at - 1) : one.slice(at + 1)));
});
/** Misspelt, what stands behind them is no secret that anybody could know of. */
const SECRET_FLAGS = /^--(api|service)-token/;

const commandLine = fc.oneof(
  { weight: 5, arbitrary: likely },
  { weight: 2, arbitrary: wild },
  { weight: 2, arbitrary: misspelt },
);

/** By format: what the variable says, so that a failure before the flags are known obeys it, too. */
const format = fc.constantFrom('human', 'json', 'csv');

const STATUSES = [0, 1, 2, 3];
/** Of exec and emulator exec, which end as the command they run does. */
const WRAPPER_STATUSES = [...STATUSES, 125, 126, 127];
/** Codes of what is refused for how it is written. */
const REFUSED = ['INVALID_USAGE', 'UNKNOWN_COMMAND', 'UNKNOWN_FLAG'];

async function played(argv: readonly string[], variableFormat: string): Promise<Ran> {
  const host = createHost({
    home,
    variables: {
      PLANETSCALE_ORG: 'acme',
      PLANETSCALE_API_URL: 'https://api.example.test',
      PLANETSCALE_API_TOKEN: AMBIENT_SECRET,
      PLANETSCALE_FORMAT: variableFormat,
      // No command that is run exists.
      PATH: join(home, 'nothing'),
    },
  });
  // An emulator runs until it is stopped; all else ends by itself.
  const stop = argv.includes('emulator')
    ? setTimeout(() => host.interruption.interrupt('SIGINT'), 50)
    : undefined;
  try {
    return { status: await run(argv, host), ...host.written };
  } finally {
    clearTimeout(stop);
  }
}

function check(argv: readonly string[], variableFormat: string, { status, stdout, stderr }: Ran): void {
  const output = stdout + stderr;
  for (const secret of [AMBIENT_SECRET, MISPLACED_SECRET, SHAPELESS_SECRET]) {
    expect(output, 'a secret is in the output').not.toContain(secret);
  }
  expect(output).not.toMatch(/^\s+at .*[:(]|unexpected error|\bundefined\b|\[object /m);

  const isWrapper = argv.includes('exec') || argv.includes('run');
  const usual = isWrapper ? WRAPPER_STATUSES : STATUSES;
  expect(argv.includes('emulator') ? [...usual, 130] : usual).toContain(status);

  const sent = api().requests;
  const mutations = sent.filter(({ method }) => method !== 'GET');
  const [, code] = /"code": "(\w+)"/.exec(stdout) ?? [];
  // No command was run: at most its token was asked for, and refused.
  if (status === 125) {
    expect(mutations.every(({ method, url }) => method === 'POST' && url.endsWith('/service-tokens'))).toBe(
      true,
    );
  }
  if (code !== undefined && REFUSED.includes(code)) {
    expect(mutations).toEqual([]);
    // A token may have to be found by its name before it is known which one is meant.
    if (!argv.some((one) => one.includes('name:'))) expect(sent).toEqual([]);
  }

  if (!/human/.test(variableFormat) || argv.some((one) => /^-\w*f|^--(format|config|json)/.test(one))) {
    if (variableFormat === 'json' && !argv.some((one) => /^-\w*f|^--(format|config|json)/.test(one))) {
      checkJson({ status, stdout, stderr }, isWrapper);
    }
    return;
  }
  // Candidates have their description behind a tab.
  const lineEnds = argv.includes(ASK) ? /[\n\t]/g : /\n/g;
  expect(output.replace(lineEnds, ''), 'a terminal would obey it').not.toMatch(/\p{Cc}/u);
  if (status === 1) {
    expect(stderr).toMatch(/^(Warning: .*\n)*Error: /);
    expect(stdout).toBe('');
  }
}

function checkJson({ status, stdout, stderr }: Ran, isWrapper: boolean): void {
  if (isWrapper) return;
  if (status === 0) return;
  const output: unknown = JSON.parse(stdout);
  if (status === 1) {
    expect(output).toMatchObject({
      status: 'action_required',
      error: expect.any(String),
      issues: [{ code: expect.any(String), message: expect.any(String) }],
      next_steps: expect.any(Array),
    });
    expect(stderr).not.toContain('Error:');
  }
}

test(`${RUNS} command lines come to nothing that is not documented`, { timeout: 120_000 }, async () => {
  const list = json({ data: [], next_page: null, total_count: 0, total_pages: 0 });
  // As an API does that is careless, or a proxy on the way that is helpful.
  const denied: Answer = (request) =>
    json({ message: `Not allowed with ${request.headers.authorization}` }, 403)(request);
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(commandLine, format, async (argv, variableFormat) => {
      api().requests.length = 0;
      api().always((request) => (request.method === 'GET' ? list : denied)(request));
      const ran = await played(argv, variableFormat);
      statuses.set(ran.status, (statuses.get(ran.status) ?? 0) + 1);
      check(argv, variableFormat, ran);
    }),
    { numRuns: RUNS, seed: SEED },
  );
  // Not all of one kind, or the lines would test nothing.
  for (const status of [0, 1, 2]) expect(statuses.get(status) ?? 0).toBeGreaterThan(RUNS / 60);
});
