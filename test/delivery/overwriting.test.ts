import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sameWithoutQuestions } from '../../src/commands/create/interactively.ts';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createHome, type Home } from '../support/cli.ts';
import { createHost } from '../support/host.ts';
import { run } from '../support/program.ts';

/** An env file that holds the pair of another token, whose secret may be nowhere else. */

const NOW = Date.now();
const DAY = 86_400_000;
const inDays = (days: number): string => new Date(NOW + days * DAY).toISOString();

const ROTATED = 'tokrotated01';
/** What a file's pair may be of. */
const STATES = {
  gone: { id: 'tokgone00001', seed: [] },
  expired: {
    id: 'tokexpired01',
    seed: [{ name: 'expired', expires_at: inDays(-1) }],
  },
  unreadable: { id: 'tokhidden001', seed: [{ name: 'hidden' }] },
  'same name': { id: 'toksame00001', seed: [{ name: 'ci' }] },
  'ends in 10 days': { id: 'tokending010', seed: [{ name: 'ci-4711', expires_at: inDays(10) }] },
  'ends in 40 days': { id: 'tokending040', seed: [{ name: 'app40', expires_at: inDays(40) }] },
  'never ends': { id: 'tokforever01', seed: [{ name: 'app2' }] },
  'has no name': { id: 'toknameless1', seed: [{}] },
} as const;
type State = keyof typeof STATES;

const QUESTIONED: readonly State[] = ['ends in 40 days', 'never ends', 'has no name'];
const OUT_OF_USE: readonly State[] = ['gone', 'expired', 'unreadable'];

/** How a person answers, and how a script asks. */
const WAYS = {
  'terminal: yes': { answer: 'y', flags: [], goesAhead: true },
  'terminal: no': { answer: 'n', flags: [], goesAhead: false },
  'terminal: --overwrite': { answer: undefined, flags: ['--overwrite'], goesAhead: true, isTerminal: true },
  'off a terminal': { answer: undefined, flags: [], goesAhead: false },
  '--overwrite': { answer: undefined, flags: ['--overwrite'], goesAhead: true },
  '--force': { answer: undefined, flags: ['--force'], goesAhead: false },
  '-y': { answer: undefined, flags: ['-y'], goesAhead: false },
} as const;
type Way = keyof typeof WAYS;

let home: Home;
let emulator: Emulator;
beforeEach(async () => {
  home = createHome();
  emulator = await startEmulator({
    seed: {
      databases: [{ name: 'shop' }],
      tokens: [
        {
          id: ROTATED,
          name: 'rotated',
          created_at: inDays(-90),
          access: [{ database: 'shop', access: ['read_branch'] }],
        },
        ...Object.values(STATES).flatMap(({ id, seed }) =>
          seed.map((token) => ({ id, created_at: inDays(-90), ...token })),
        ),
      ],
    },
  });
  const path = new RegExp(`/service-tokens/${STATES.unreadable.id}$`);
  emulator.inject({ answer: 403, method: 'GET', path, count: 1 });
});
afterEach(async () => {
  await emulator.close();
  home.remove();
});

const path = () => join(home.path, '.env');
const content = () => (existsSync(path()) ? readFileSync(path(), 'utf8') : undefined);
const created = () =>
  emulator.requests.filter(({ method, url }) => method === 'POST' && url.endsWith('/service-tokens')).length;
const lookups = (id: string) =>
  emulator.requests.filter(({ method, url }) => method === 'GET' && url.endsWith(`/service-tokens/${id}`))
    .length;

async function play(args: readonly string[], way: Way, place: readonly string[] = ['-e', '.env']) {
  const { answer, flags, ...rest } = WAYS[way];
  const isTerminal = answer !== undefined || 'isTerminal' in rest;
  const host = createHost({
    home: home.path,
    now: NOW,
    terminal: isTerminal ? { stdin: true, stdout: true, stderr: true } : {},
    variables: {
      PLANETSCALE_API_URL: emulator.url,
      PLANETSCALE_ORG: 'acme',
      PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
      NO_COLOR: '1',
    },
  });
  if (answer !== undefined) (host.io.stdin as PassThrough).write(`${answer}\r`);
  const status = await run([...args, ...flags, ...place], host);
  return { status, ...host.written };
}

const ID = 'PLANETSCALE_SERVICE_TOKEN_ID';
const SECRET = 'PLANETSCALE_SERVICE_TOKEN';
const pairOf = (id: string) => `A=1\n${ID}=${id}\n${SECRET}="pscale_tkn_old"\n`;

describe.each(Object.keys(STATES) as State[])('over the pair of a token: %s', (state) => {
  const { id } = STATES[state];
  test.each(Object.keys(WAYS) as Way[])('%s', async (way) => {
    writeFileSync(path(), pairOf(id), { mode: 0o600 });
    const { status, stderr } = await play(['create', '--name', 'ci'], way);
    const goesAhead = !QUESTIONED.includes(state) || WAYS[way].goesAhead;
    expect({ status, created: created() }, stderr).toEqual({
      status: goesAhead ? 0 : 1,
      created: goesAhead ? 1 : 0,
    });
    expect(lookups(id)).toBe(1);
    expect(stderr).toContain(id);
    if (goesAhead) expect(content()).not.toContain(id);
    else expect(content()).toBe(pairOf(id));
    const deletion = `pscale-service-token delete ${id} --org acme`;
    const isTold = goesAhead ? !OUT_OF_USE.includes(state) : way !== 'terminal: no';
    expect(stderr.replaceAll(/\s+/g, ' ').includes(deletion)).toBe(isTold);
    if (goesAhead) expect(stderr.includes('Warning: ')).toBe(isTold);
    else if (way !== 'terminal: no') expect(stderr).toContain('--overwrite');
    expect(stderr.includes('Replace it?')).toBe(QUESTIONED.includes(state) && WAYS[way].answer !== undefined);
    expect(stderr).not.toContain('pscale_tkn_old');
  });
});

const OTHER = STATES['never ends'].id;
const CREATE = ['create', '--name', 'ci'];

describe('a file that holds no pair of another token', () => {
  test.each<[string, string | undefined, readonly string[]]>([
    ['no file', undefined, CREATE],
    ['no pair', 'A=1\n', CREATE],
    ['an ID without a secret', `${ID}=${OTHER}\n`, CREATE],
    ['an ID, and an empty secret', `${ID}=${OTHER}\n${SECRET}=""\n`, CREATE],
    ['what is no ID', `${ID}=$THEIRS\n${SECRET}=x\n`, CREATE],
    ['a pair in a comment', `#${ID}=${OTHER}\n#${SECRET}=x\n`, CREATE],
    ['a pair in variables that stay', pairOf(OTHER), [...CREATE, '--variables', 'NEW_ID,NEW']],
    ['the pair that is rotated', pairOf(ROTATED), ['rotate', ROTATED]],
    ['the pair that is rotated and kept', pairOf(ROTATED), ['rotate', ROTATED, '--keep-old']],
  ])('is written without a word: %s', async (_, before, args) => {
    if (before !== undefined) writeFileSync(path(), before, { mode: 0o600 });
    const { status, stderr } = await play(args, 'off a terminal');
    expect({ status, created: created(), lookups: lookups(OTHER) }, stderr).toEqual({
      status: 0,
      created: 1,
      lookups: 0,
    });
    expect(stderr).not.toMatch(/holds|replaced\./);
  });
});

describe('a file that holds the pair of another token', () => {
  test.each<[string, string, readonly string[]]>([
    ['that another is rotated over', pairOf(OTHER), ['rotate', ROTATED]],
    ['that a copy is saved over', pairOf(ROTATED), ['duplicate', ROTATED]],
    ['in variables of other names', `NEW_ID=${OTHER}\nNEW=x\n`, [...CREATE, '--variables', 'NEW_ID,NEW']],
    ['for a shell', `export ${ID}='${OTHER}' # app2\nexport ${SECRET}='x'\n`, CREATE],
    ['exported by itself', `${ID}=${OTHER}; export ${ID}\n${SECRET}=x; export ${SECRET}\n`, CREATE],
    ['beside one of no other', `${pairOf(STATES.gone.id)}${pairOf(OTHER)}`, CREATE],
    ['as a value of a list', `${ID}: "${OTHER}"\n${SECRET}: "x"\n`, CREATE],
  ])('is not written unasked: %s', async (_, before, args) => {
    writeFileSync(path(), before, { mode: 0o600 });
    const ran = await play(args, 'off a terminal');
    expect({ status: ran.status, created: created(), content: content() }, ran.stderr).toEqual({
      status: 1,
      created: 0,
      content: before,
    });
    expect(readdirSync(home.path).filter((name) => name.includes('lock'))).toEqual([]);
    expect((await play(args, '--overwrite')).status).toBe(0);
  });
});

test('what to run next says the flag that answers, and not --force', async () => {
  writeFileSync(path(), pairOf(OTHER), { mode: 0o600 });
  const { stdout } = await play([...CREATE, '--format', 'json'], '-y');
  expect(JSON.parse(stdout)).toMatchObject({
    issues: [{ code: 'CONFIRMATION_REQUIRED' }],
    next_steps: [expect.any(String), expect.stringContaining('with --overwrite')],
  });
  expect(stdout).not.toContain('--force');
});

test('the command line that create -i shows repeats --overwrite', () => {
  const place = { kind: 'dotenv', path: '.env', overwrites: true } as const;
  expect(sameWithoutQuestions({ name: 'ci', access: [] }, place, 'acme', undefined)).toBe(
    'pscale-service-token create --name ci --dotenv=.env --overwrite --org acme',
  );
});

test('--overwrite without a file is refused', async () => {
  const { status, stderr } = await play([...CREATE, '--overwrite'], 'off a terminal', []);
  expect({ status, stderr }).toEqual({ status: 1, stderr: 'Error: --overwrite needs --dotenv\n' });
});

describe('access apply', () => {
  const apply = async (rest: object, way: Way) => {
    const created = { 'new-app': { access: { organization: ['read_databases'] } } };
    const plan = { version: 1, organization: 'acme', owns: ['new-*', 'app2'], tokens: created, ...rest };
    writeFileSync(join(home.path, 'tokens.json'), JSON.stringify(plan));
    return play(['access', 'apply', 'tokens.json', '--force'], way);
  };

  test('asks of the pair that a new token is to replace', async () => {
    writeFileSync(path(), pairOf(STATES['has no name'].id), { mode: 0o600 });
    const { status, stderr } = await apply({}, 'off a terminal');
    expect({ status, created: created() }, stderr).toEqual({ status: 1, created: 0 });
    expect(content()).toBe(pairOf(STATES['has no name'].id));
    expect(stderr).toContain('--overwrite');
    expect((await apply({}, '--overwrite')).status).toBe(0);
  });

  test('says nothing of the pair of a token that the plan deletes', async () => {
    writeFileSync(path(), pairOf(OTHER), { mode: 0o600 });
    const { status, stderr } = await apply({ absent: ['app2'] }, 'off a terminal');
    expect({ status, created: created(), lookups: lookups(OTHER) }, stderr).toEqual({
      status: 0,
      created: 1,
      lookups: 0,
    });
  });
});
