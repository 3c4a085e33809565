import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A standalone executable that takes the place of the Node build in the acceptance tests. */
const STANDALONE = process.env.STANDALONE_EXECUTABLE;

/** The executable under test. */
export const EXECUTABLE =
  STANDALONE ?? fileURLToPath(new URL('../../bin/pscale-service-token.cjs', import.meta.url));

/** The words that start it, before its arguments. */
export const COMMAND: readonly string[] =
  STANDALONE === undefined ? [process.execPath, EXECUTABLE] : [STANDALONE];

/** A home directory of a test's own. */
export interface Home {
  readonly path: string;
  remove(): void;
}

export function createHome(): Home {
  // Resolved, because a temporary directory may be behind a symbolic link and git roots are not.
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'pscale-service-token-')));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export interface CliOptions {
  readonly home: Home;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string;
}

export interface CliResult {
  /** As a shell reports it: 128 and the signal's number where a signal ended the process. */
  readonly status: number;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Nothing of the machine's own settings reaches the executable, apart from what starts a process. */
export function cleanEnvironment({ home, env }: CliOptions): Record<string, string> {
  const kept = ['PATH', 'SystemRoot', 'SYSTEMROOT', 'TEMP', 'TMP', 'COMSPEC', 'PATHEXT'];
  const inherited = kept.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(inherited), HOME: home.path, USERPROFILE: home.path, ...env };
}

/** Starts the real executable, with pipes for its streams. */
export function startCli(args: readonly string[], options: CliOptions): ChildProcess {
  return spawnCli(args, options, ['pipe', 'pipe', 'pipe']);
}

/** Starts the real executable with streams of one's own. */
export function spawnCli(args: readonly string[], options: CliOptions, stdio: StdioOptions): ChildProcess {
  const [file = '', ...words] = COMMAND;
  return spawn(file, [...words, ...args], {
    cwd: options.cwd ?? options.home.path,
    env: cleanEnvironment(options),
    stdio,
  });
}

/** Runs the real executable to its end. */
export function runCli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  const child = startCli(args, options);
  // A program that needs none of it may be gone by then.
  child.stdin?.on('error', () => {});
  child.stdin?.end(options.stdin ?? '');
  return finished(child);
}

/** What a started executable wrote, and how it ended. */
export function finished(child: ChildProcess): Promise<CliResult> {
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output.stdout += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    output.stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const status = code ?? (signal === null ? -1 : 128 + constants.signals[signal]);
      resolve({ status, signal, ...output });
    });
  });
}
