import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';
import type { Prompter } from '../../src/prompts/prompter.ts';
import { plain, text } from '../../src/text/text.ts';
import { chooseAmong } from '../../src/tokens/token-choice.ts';
import { ApiTime } from '../../src/values/api-time.ts';
import { tokenRow } from '../support/api.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { runInMemory } from '../support/host.ts';
import { issueVariables } from '../support/issue-promise.ts';

/** What the API's clock shows; every command is played on machines whose clock shows something else. */
const NOW = Date.parse('2026-05-01T10:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const at = (distance: number): string => new Date(NOW + distance).toISOString();
const marked = (until: number, before: number): string => {
  const [end, former] = [until, before].map((distance) => at(distance).replace('.000', ''));
  return `marked (until ${end}, before ${former}, replaced by tokunused001)`;
};

const TOKENS = [
  { id: 'tokexpired01', name: 'expired', created_at: at(-10 * DAY), expires_at: at(-HOUR) },
  { id: 'tokending001', name: 'ending', created_at: at(-DAY), expires_at: at(30 * MINUTE) },
  { id: 'tokliving001', name: 'living', created_at: at(-DAY), expires_at: at(300 * DAY) },
  { id: 'tokunused001', name: 'unused', created_at: at(-300 * DAY), last_used_at: at(-200 * DAY) },
  { id: 'tokmarked001', name: marked(DAY, 364 * DAY), created_at: at(-400 * DAY), expires_at: at(DAY) },
  { id: 'tokfarend001', name: marked(DAY, 366 * DAY), created_at: at(-400 * DAY), expires_at: at(DAY) },
];

const folder = mkdtempSync(join(tmpdir(), 'pscale-service-token-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'tokens.yml');
writeFileSync(
  file,
  'version: 1\norganization: acme\nowns: ["expired", "ending", "new"]\ntokens:\n  ending: {}\n  new:\n    ttl: 30d\n    access: {}\n',
);

/** Runs a command on a machine whose clock is ahead of the API's; answers also what the API then holds. */
async function play(words: readonly string[], ahead: number, options: EmulatorOptions = {}) {
  let ids = 0;
  const emulator = await startEmulator({
    seed: { tokens: TOKENS },
    clock: { now: () => NOW },
    randomId: () => {
      ids += 1;
      return `toknew00000${ids}`;
    },
    randomSecret: () => 'pscale_tkn_EXAMPLEofTheNewOne',
    ...options,
  });
  try {
    const ran = await runInMemory(words, {
      variables: issueVariables(emulator),
      workingDirectory: folder,
      now: NOW + ahead,
    });
    const tokens = emulator
      .snapshot()
      .service_tokens.map(({ id, name, expires_at }) => ({ id, name, expires_at }));
    const warnings = ran.stderr
      .split('\n')
      .filter((line) => line.startsWith("Warning: this machine's clock"));
    const stderr = ran.stderr
      .replaceAll(/Warning: this machine's clock .*\n/g, '')
      .replaceAll(emulator.url, '');
    const stdout = ran.stdout.replaceAll(emulator.url, '').replace(/"digest": "\w+"/, '');
    return { status: ran.status, stdout, stderr, tokens, warnings };
  } finally {
    await emulator.close();
  }
}

const CLOCKS = [
  ['2 h ahead', 2 * HOUR],
  ['2 h behind', -2 * HOUR],
  ['400 days ahead', 400 * DAY],
  ['400 days behind', -400 * DAY],
] as const;

const NODE = process.execPath;

/** Commands that decide something by the time, and the statuses that they end with. */
const DECIDING: readonly (readonly [command: string, status: number, words: readonly string[]])[] = (
  [
    ['list --expired --format json', 0],
    ['list --unused-for 90d --format json', 0],
    ['list --expires-within 1h --fail-if-any --format json', 3],
    ['prune --expired --format json', 0],
    ['prune --expired --apply --force --format json', 0],
    ['prune --unused-for 90d --apply --force --format json', 0],
    ['prune --expires-within 1h --apply --force --format json', 0],
    [`create new --expires-at ${at(HOUR)} --format json`, 0],
    [`create new --expires-at ${at(-HOUR)} --format json`, 1],
    [`create new --expires-at ${at(HOUR)} --dry-run --format json`, 0],
    [`duplicate living --expires-at ${at(HOUR)} --format json`, 0],
    [`exec --access read_organization --expires-at ${at(HOUR)} -- node`, 0, ['-e', '']],
    ['duplicate living --format json', 0],
    ['rotate living --delete-old-after 1h --format json', 0],
    ['rotate ending --delete-old-after 1h --format json', 0],
    ['rotate tokmarked001 --undo --format json', 0],
    ['rotate tokfarend001 --undo --format json', 0],
    [`update living --expires-at ${at(HOUR)} --format json`, 0],
    [`update living --expires-at ${at(-HOUR)} --format json`, 1],
    [`update living --expires-at ${at(366 * DAY)} --format json`, 1],
    ['update living --ttl 1h --format json', 0],
    [`access plan ${file} --format json`, 0],
    ['access export --format json', 0],
  ] as const
).map(([command, status, words = []]) => [command, status, words]);

/** Commands that only show how far away times are. */
const SHOWING = ['list', 'show ending', 'show expired', 'create new --ttl 1h'];

const wordsOf = (command: string, more: readonly string[] = []): string[] => [
  ...command.split(' ').map((word) => (word === 'node' ? NODE : word)),
  ...more,
];

describe.each(CLOCKS)('on a machine whose clock is %s, as on one whose clock is right', (_, ahead) => {
  test.each(DECIDING)(
    '%s: the API decides, and one warning tells of the clock',
    async (command, status, more) => {
      const right = await play(wordsOf(command, more), 0);
      const wrong = await play(wordsOf(command, more), ahead);
      expect(right).toMatchObject({ status, warnings: [] });
      expect(wrong).toEqual({ ...right, warnings: [expect.stringContaining("the API's time is used")] });
    },
  );

  test.each(SHOWING)('%s: shows the same, without a word', async (command) => {
    expect(await play(wordsOf(command), ahead)).toEqual(await play(wordsOf(command), 0));
  });
});

describe('by the clock of the API', () => {
  test('prune deletes what has expired, and nothing else', async () => {
    const { tokens } = await play(wordsOf('prune --expired --apply --force'), 400 * DAY);
    const left = TOKENS.map(({ id }) => id).filter((id) => id !== 'tokexpired01');
    expect(tokens.map(({ id }) => id)).toEqual(left);
  });

  test('a new token ends when it was asked to', async () => {
    const { tokens } = await play(wordsOf(`create new --expires-at ${at(HOUR)}`), -3 * HOUR);
    expect(tokens.find(({ name }) => name === 'new')?.expires_at).toBe(at(HOUR));
  });

  test('the old one keeps an end that comes before the overlap is over, and that is said', async () => {
    const { stdout, stderr, tokens } = await play(wordsOf('rotate ending --delete-old-after 1h'), 2 * HOUR);
    expect(stdout + stderr).toContain(`which already expires at ${at(30 * MINUTE)}`);
    expect(stdout + stderr).not.toContain('60 min');
    expect(tokens.find(({ id }) => id === 'tokending001')?.expires_at).toBe(at(30 * MINUTE));
  });

  test.each([
    ['tokmarked001', at(364 * DAY)],
    ['tokfarend001', at(365 * DAY)],
  ])('a rotation is undone: %s expires at %s again', async (id, end) => {
    const { tokens } = await play(wordsOf(`rotate ${id} --undo`), 400 * DAY);
    expect(tokens.find((token) => token.id === id)?.expires_at).toBe(end);
  });
});

describe('where answers do not tell the time', () => {
  const SILENT = { tellsTime: false };
  const untold = "Warning: the API's answers do not tell the time: this machine's clock is used\n";

  test.each(['--expired', '--unused-for 90d', '--expires-within 1h'])(
    'prune %s refuses, with --force and without --apply, too',
    async (filter) => {
      for (const flags of ['', ' --apply --force']) {
        const ran = await play(wordsOf(`prune ${filter}${flags} --format json`), 0, SILENT);
        expect(ran.status).toBe(2);
        expect(ran.stdout).toContain('"INVALID_RESPONSE"');
        expect(ran.tokens).toHaveLength(TOKENS.length);
      }
    },
  );

  test('prune goes by what is no time', async () => {
    const ran = await play(wordsOf('prune --name unused --apply --force --format json'), 0, SILENT);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.tokens).toHaveLength(TOKENS.length - 1);
  });

  test.each(DECIDING.filter(([command]) => !command.startsWith('prune')))(
    '%s: goes by the clock of this machine, and says so',
    async (command, status, more) => {
      const ran = await play(wordsOf(command, more), 0, SILENT);
      expect(ran.status).toBe(status);
      expect(ran.stderr.split(untold)).toHaveLength(2);
    },
  );
});

describe('an end that the API answers otherwise than it was asked', () => {
  const later = (body: unknown): unknown =>
    typeof body === 'object' && body !== null && 'expires_at' in body && body.expires_at !== null
      ? { ...body, expires_at: at(4 * HOUR) }
      : body;
  const LATE = {
    reshape: (body: unknown, { method }: { method: string }) => (method === 'GET' ? body : later(body)),
  };

  test.each(['--ttl 1h', `--expires-at ${at(HOUR)}`])(
    'create %s: is warned of, and both are named',
    async (end) => {
      const ran = await play(wordsOf(`create new ${end} --format json`), 2 * HOUR, LATE);
      expect(ran.status).toBe(0);
      expect(ran.stderr).toContain(`expires at ${at(4 * HOUR)}, not at ${at(HOUR)} as requested`);
    },
  );

  test.each(['--ttl 1h', `--expires-at ${at(HOUR)}`])(
    'update %s: is no success, and both are named',
    async (end) => {
      const reshape = later;
      const ran = await play(wordsOf(`update tokliving001 ${end} --format json`), 2 * HOUR, { reshape });
      expect(ran.status).toBe(2);
      expect(ran.stdout).toContain(`it shows ${at(4 * HOUR)} instead of ${at(HOUR)}`);
    },
  );
});

test('a list to choose from says how far away times are by the API', async () => {
  const clock = new FakeClock({ now: NOW + 400 * DAY });
  const warnings: string[] = [];
  const time = new ApiTime(clock, (warning) => warnings.push(plain(warning)));
  time.answered(NOW);
  const shown: string[] = [];
  const prompter: Pick<Prompter, 'choose'> = {
    choose: async (_, choices) => {
      shown.push(...choices.map(({ detail }) => detail));
      return '';
    },
  };
  const tokens = [{ ...tokenRow, created_at: at(-3 * DAY), expires_at: at(30 * MINUTE) }];
  const unasked = (): Promise<never> => Promise.reject(new Error('nothing else is asked'));
  const asking = {
    confirm: unasked,
    retype: unasked,
    ask: unasked,
    askSecret: unasked,
    check: unasked,
    ...prompter,
  };
  await chooseAmong(text`Which one?`, tokens, { time, prompter: () => Promise.resolve(asking) });
  expect(shown).toEqual([expect.stringContaining('expires in 30 minutes  created 3 days ago')]);
  expect(warnings).toEqual([expect.stringContaining("400 days ahead of the API's")]);
});
