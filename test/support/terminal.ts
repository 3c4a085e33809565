import { spawn } from '@lydell/node-pty';
import { type CliOptions, COMMAND, cleanEnvironment } from './cli.ts';

/** The executable in a real pseudo-terminal. */
export interface Terminal {
  /** Everything written so far, escape sequences included. */
  readonly output: () => string;
  /** Resolves once the text has been written; rejects if the program ends before. */
  until(text: string): Promise<void>;
  type(keys: string): void;
  resize(columns: number, rows: number): void;
  /** The status as a shell reports it: 128 and the signal's number where a signal ended the program. */
  readonly ended: Promise<{ status: number; signal: number | undefined }>;
}

export const KEYS = {
  enter: '\r',
  escape: '\u001b',
  ctrlC: '\u0003',
  ctrlD: '\u0004',
  backspace: '\u007f',
} as const;

export function openTerminal(
  args: readonly string[],
  options: CliOptions & {
    readonly columns?: number;
    readonly rows?: number;
    readonly stdoutTo?: string;
    readonly stdinFrom?: string;
  },
): Terminal {
  const command = [...COMMAND, ...args];
  // A shell sends stdout to a file, as `$(…)` would to a pipe; stdin and stderr stay the terminal's.
  const [file = '', ...words] = options.stdoutTo
    ? ['/bin/sh', '-c', `exec "$@" > "$0"`, options.stdoutTo, ...command]
    : options.stdinFrom
      ? ['/bin/sh', '-c', `exec "$@" < "$0"`, options.stdinFrom, ...command]
      : command;
  const pty = spawn(file, words, {
    name: 'xterm-256color',
    cols: options.columns ?? 80,
    rows: options.rows ?? 24,
    cwd: options.cwd ?? options.home.path,
    env: { ...cleanEnvironment(options), TERM: 'xterm-256color' },
  });
  let output = '';
  let ended = false;
  const waiting: { text: string; resolve: () => void; reject: (error: Error) => void }[] = [];
  const settle = (): void => {
    for (const waiter of [...waiting]) {
      if (!ended && !output.includes(waiter.text)) continue;
      waiting.splice(waiting.indexOf(waiter), 1);
      if (output.includes(waiter.text)) waiter.resolve();
      else waiter.reject(new Error(`ended without ${JSON.stringify(waiter.text)}:\n${output}`));
    }
  };
  pty.onData((data) => {
    output += data;
    settle();
  });
  const end = new Promise<{ status: number; signal: number | undefined }>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      ended = true;
      settle();
      resolve({ status: signal ? 128 + signal : exitCode, signal });
    });
  });
  return {
    output: () => output,
    until: (text) =>
      new Promise((resolve, reject) => {
        waiting.push({ text, resolve, reject });
        settle();
      }),
    type: (keys) => pty.write(keys),
    resize: (columns, rows) => pty.resize(columns, rows),
    ended: end,
  };
}
