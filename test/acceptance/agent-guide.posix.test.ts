import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/commands/all.ts';
import { startEmulator } from '../../src/emulator/index.ts';
import { createHome, runCli } from '../support/cli.ts';
import { shellWords } from '../support/shell-words.ts';
import { leavesOf } from '../support/tree.ts';

interface Guide {
  readonly commands: readonly {
    readonly command: string;
    readonly changes: boolean;
    readonly dry_run: boolean;
    readonly needs_terminal: boolean;
    readonly ask_user_first: boolean;
  }[];
  readonly statuses: readonly { readonly status: number }[];
  readonly codes: readonly { readonly code: string; readonly status: number }[];
  readonly tasks: readonly { readonly task: string; readonly commands: readonly string[] }[];
}

async function guide(): Promise<Guide> {
  const home = createHome();
  const { status, stdout } = await runCli(['agent-guide', '--format', 'json'], { home });
  home.remove();
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

test('the guide needs no credentials, and tells of every command that people see', async () => {
  const { commands } = await guide();
  const shown = (await leavesOf(COMMANDS)).filter(({ path, isHidden }) => !isHidden && path !== 'help');
  expect(commands.map(({ command }) => command).filter((command) => command !== 'help')).toEqual(
    shown.map(({ path }) => path),
  );
});

test('what takes --dry-run changes something, and what says nothing of a change sends none', async () => {
  const { commands } = await guide();
  const leaves = new Map((await leavesOf(COMMANDS)).map(({ path, command }) => [path, command]));
  for (const { command, changes, dry_run, ask_user_first } of commands) {
    expect(dry_run, command).toBe(leaves.get(command)?.changes);
    if (dry_run || ask_user_first) expect(changes, command).toBe(true);
  }
  const named = (isOne: (command: Guide['commands'][number]) => boolean) =>
    commands.filter(isOne).map(({ command }) => command);
  expect(named((one) => one.ask_user_first)).toEqual([
    'delete-access',
    'delete',
    'rotate',
    'prune',
    'access apply',
    'branch delete',
  ]);
  expect(named((one) => one.needs_terminal)).toEqual(['edit']);
});

test('each command line of its tasks does what it says', async () => {
  const { tasks } = await guide();
  expect(tasks).toHaveLength(5);
  const home = createHome();
  const emulator = await startEmulator({ seed: { databases: [{ name: 'shop' }] } });
  const env = {
    PLANETSCALE_API_URL: emulator.url,
    PLANETSCALE_ORG: 'acme',
    PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
    PLANETSCALE_NO_REVEAL: '1',
  };
  for (const line of tasks.flatMap(({ commands }) => commands)) {
    const [program, ...args] = shellWords(line);
    expect(program).toBe('pscale-service-token');
    const { status, stdout, stderr } = await runCli(args, { home, env, cwd: home.path });
    expect([line, status, stderr]).toEqual([line, 0, expect.not.stringContaining('Error')]);
    expect(stdout + stderr).not.toContain('pscale_tkn_');
  }
  const left = await runCli(['list', '--format', 'json'], { home, env });
  expect(left.stdout).not.toContain('"ci"');
  expect(readFileSync(join(home.path, '.env'), 'utf8')).toContain('PLANETSCALE_SERVICE_TOKEN=pscale_tkn_');
  await emulator.close();
  home.remove();
});

test('whoever is not authenticated is shown the way to it, by the official key', async () => {
  const home = createHome();
  const { status, stdout } = await runCli(['list', '--org', 'acme', '--format', 'json'], { home });
  home.remove();
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    code: 'NO_AUTH',
    agent_guide_command: 'pscale-service-token agent-guide --format json',
  });
});

test('for people it is a page', async () => {
  const home = createHome();
  const { stdout } = await runCli(['agent-guide'], { home });
  home.remove();
  for (const title of ['Commands', 'Secrets', 'Exit statuses', 'Codes', 'Tasks']) {
    expect(stdout).toMatch(new RegExp(`^${title}$`, 'm'));
  }
});
