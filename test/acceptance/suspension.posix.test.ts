/** Ctrl-Z and `fg` under a real shell: what a person sees, and that the program goes on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createHome, type Home } from '../support/cli.ts';
import { holdAt } from '../support/faults.ts';
import { KEYS, openShell, PROMPT, type Terminal } from '../support/terminal.ts';

let home: Home;
let emulator: Emulator;
let terminal: Terminal;
beforeEach(async () => {
  home = createHome();
  emulator = await startEmulator({
    seed: {
      databases: [
        { name: 'blog', kind: 'mysql', branches: [{ name: 'main', production: true }, { name: 'old' }] },
      ],
      tokens: [{ id: 'tok000000001', name: 'ci', access: [{ database: 'blog', access: ['read_branch'] }] }],
    },
  });
});
afterEach(async () => {
  terminal.close();
  await emulator.close();
  home.remove();
});

/** Types a command line into a new shell. */
async function run(line: string, env: Record<string, string> = {}): Promise<void> {
  terminal = openShell({
    home,
    env: {
      PLANETSCALE_API_URL: emulator.url,
      PLANETSCALE_ORG: 'acme',
      PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
      ...env,
    },
  });
  await terminal.until(PROMPT);
  terminal.type(`${line}${KEYS.enter}`);
}

async function rows(): Promise<string[]> {
  return (await terminal.screen()).rows();
}

let lines = 0;

/** Suspends the job, and uses the shell meanwhile; answers what it shows. */
async function suspend(): Promise<string[]> {
  terminal.type(KEYS.ctrlZ);
  await terminal.until('Stopped');
  lines += 1;
  terminal.type(`echo typed $((${lines} + 700))${KEYS.enter}`);
  await terminal.until(`typed ${lines + 700} ${PROMPT}`);
  expect((await terminal.screen()).showsCursor).toBe(true);
  return rows();
}

/** Goes on; the shell tells first what that is. */
async function resume(...shown: readonly string[]): Promise<void> {
  terminal.type(`fg; echo ended $?${KEYS.enter}`);
  await terminal.until(['echo ended $? program', ...shown].join(' '));
}

test('a question is asked again after a suspension, and is answered', async () => {
  await run('program delete tok000000001');
  await terminal.until('Esc cancel');
  const suspended = await suspend();
  expect(suspended.join('\n')).not.toContain('Esc cancel');
  expect(suspended.join('\n')).toContain('(y/N)');
  await resume();
  await terminal.until('Esc cancel');
  expect((await rows()).slice(-3)).toEqual([
    expect.stringMatching(/^Service token tok000000001 \(ci\)/),
    'Delete it? Anything using it will lose access. (y/N)',
    'y yes  n no  Enter accept  Esc cancel',
  ]);
  terminal.type(`y${KEYS.enter}`);
  await terminal.until('ended 0');
  expect(emulator.requests.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
});

test('a line that was begun is there again after a suspension', async () => {
  await run('program branch delete blog old');
  await terminal.until('Esc cancel');
  terminal.type('blog/');
  await terminal.until('confirm: blog/');
  await suspend();
  await resume('branch delete blog old Please type blog/old to confirm: blog/ Enter accept');
  terminal.type(`old${KEYS.enter}`);
  await terminal.until('ended 0');
  expect((await rows()).at(-4)).toBe('Please type blog/old to confirm: blog/old');
});

test('a list leaves the whole screen to the shell while it is suspended', async () => {
  await run('program edit --database blog');
  await terminal.until('Filter:');
  terminal.type('tok0');
  await terminal.until('Filter: tok0');
  const suspended = (await suspend()).join('\n');
  expect(suspended).toContain(`${PROMPT} program edit`);
  expect(suspended).not.toContain('Filter:');
  terminal.type(`fg; echo ended $?${KEYS.enter}`);
  await terminal.until('Filter: tok0');
  expect((await rows()).join('\n')).not.toContain(PROMPT);
  // The filter is cleared, and the list is left.
  terminal.type(KEYS.escape + KEYS.escape);
  await terminal.until('ended 1');
  expect((await rows()).join('\n')).not.toContain('Filter:');
});

test.each([{ TERM: 'xterm-256color' }, { TERM: 'dumb' }])(
  'a secret is what is typed at its question, not at the shell: %o',
  async (env) => {
    await run('program config set service-token', env);
    await terminal.until('(not shown):');
    await suspend();
    await resume('config set service-token service-token (not shown):');
    terminal.type(`pscale_tkn_typed${KEYS.enter}`);
    await terminal.until('ended 0');
    expect((await rows()).join('\n')).not.toContain('pscale_tkn');
    expect(readFileSync(join(home.path, '.config/planetscale/pscale.yml'), 'utf8')).toBe(
      'service-token: pscale_tkn_typed\n',
    );
  },
);

test('a question without drawing is asked again after a suspension', async () => {
  await run('program delete tok000000001', { TERM: 'dumb' });
  await terminal.until('(y/N):');
  await suspend();
  await resume('delete tok000000001 Service token tok000000001 (ci)');
  terminal.type(`y${KEYS.enter}`);
  await terminal.until('ended 0');
});

test('progress is off the screen while it is suspended, and its request is answered afterwards', async () => {
  const first = holdAt(emulator, 1, 'arrived');
  await run('program list');
  await terminal.until('Fetching service tokens');
  expect((await suspend()).join('\n')).not.toContain('Fetching');
  first.release();
  await resume();
  await terminal.until('ended 0');
  expect((await rows()).join('\n')).toContain('tok000000001');
  expect(emulator.requests).toHaveLength(1);
});

test('a command that runs with a token is suspended with this program, and goes on', async () => {
  await run(`program exec --access blog=read_branch -- sh -c 'echo start''ed; read word; echo heard $word'`);
  await terminal.until('started');
  await suspend();
  await resume();
  terminal.type(`hello${KEYS.enter}`);
  await terminal.until('heard hello');
  await terminal.until('ended 0');
});
