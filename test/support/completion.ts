import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { completionScript } from '../../src/completion/scripts.ts';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { cleanEnvironment, createHome, EXECUTABLE, type Home } from './cli.ts';

const run = promisify(execFile);

/**
 * Names as an attacker would choose them: what would leave a file behind if a shell ran it, what a command
 * would take for a flag, and what a terminal would obey or hide.
 */
export const HOSTILE = [
  '$(touch x)',
  '`touch x`',
  "'; touch x; '",
  '"; touch x; "',
  'a\\b',
  'a\nb',
  'a b',
  '*',
  '~',
  '-',
  '-rf',
  '--force',
  '--database=shop',
  '=ls',
  '!!',
  '#x',
  'a\tb',
  'a\u001b[2Jb',
  'a\u009bb',
  'a\u202eb',
  'a\u200bb',
  'a\u{e0041}b',
];

/** In the home of a {@link CompletionBench}. */
export const BASH_SCRIPT = 'completion.bash';

/** A machine on which the program is installed, and an API with names of all kinds. */
export interface CompletionBench {
  readonly emulator: Emulator;
  readonly env: Readonly<Record<string, string>>;
  readonly home: Home;
  /** Runs a script in a shell. */
  inShell(shell: string, script: string, ...args: string[]): Promise<string>;
  /** Whether a hostile name was run. */
  wasRun(): boolean;
  close(): Promise<void>;
}

export async function openCompletionBench(latencyMs = 0): Promise<CompletionBench> {
  const home: Home = createHome();
  const emulator = await startEmulator({
    latencyMs,
    seed: {
      databases: [{ name: 'shop' }, { name: 'blog' }, ...HOSTILE.map((name) => ({ name }))],
      tokens: [
        { id: 'tok000000001', name: 'ci-deploy' },
        { id: 'tok000000002', name: '$(touch x)`touch x`"\'\\\n\t' },
      ],
    },
  });
  const bin = join(home.path, 'bin');
  mkdirSync(bin);
  chmodSync(EXECUTABLE, 0o755);
  symlinkSync(EXECUTABLE, join(bin, 'pscale-service-token'));
  // What the executable prints, which one test looks at: to start it for each of them would take a while.
  writeFileSync(join(home.path, BASH_SCRIPT), completionScript('bash'));
  const clean = cleanEnvironment({ home });
  const env = {
    ...clean,
    PATH: `${bin}:${clean.PATH ?? ''}`,
    PLANETSCALE_API_URL: emulator.url,
    PLANETSCALE_ORG: 'acme',
    PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
  };
  return {
    emulator,
    env,
    home,
    inShell: async (shell, script, ...args) => {
      const { stdout, stderr } = await run(shell, [...args, '-c', script], { cwd: home.path, env });
      return stdout + stderr;
    },
    wasRun: () => existsSync(join(home.path, 'x')),
    close: async () => {
      await emulator.close();
      home.remove();
    },
  };
}
