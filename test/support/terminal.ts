import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { type CliOptions, COMMAND, cleanEnvironment } from './cli.ts';
import { createScreen, type Screen } from './screen.ts';

/** The executable in a real pseudo-terminal, and a terminal emulator that shows what it writes. */
export interface Terminal {
  /**
   * What is on the screen and in its scrollback by now. Not the bytes: what was drawn over or erased is
   * gone from it, as it is for a person.
   */
  screen(): Promise<Screen>;
  /**
   * Resolves once the text stands on the screen, wherever its lines are broken; rejects if the program ends
   * before.
   */
  until(text: string): Promise<void>;
  type(keys: string): void;
  resize(columns: number, rows: number): void;
  /** Ends what still runs in it. */
  close(): void;
  /** All that was written is on the screen by then; the status is as a shell reports it: 128 and the signal's number. */
  readonly ended: Promise<{ status: number }>;
}

/** An operating system command that no terminal knows: our shell says with it how the program ended. */
const STATUS = 7777;

/**
 * Runs the program as a shell does, and stays until the terminal is closed. The terminal of a session that
 * has ended is hung up, and the kernel drops what nobody has read of it by then: the program's last lines.
 */
const SHELL = (redirected: string): string =>
  `trap : INT QUIT TERM; ${redirected}; printf '\\033]${STATUS};%d\\007' $?; exec sleep 600`;

export const KEYS = {
  enter: '\r',
  escape: '\u001b',
  ctrlC: '\u0003',
  ctrlD: '\u0004',
  ctrlZ: '\u001a',
  backspace: '\u007f',
} as const;

/** The two sizes that everything is looked at in. */
export const SIZES = [
  { columns: 80, rows: 24 },
  { columns: 40, rows: 12 },
] as const;

type TerminalOptions = CliOptions & { readonly columns?: number; readonly rows?: number };

export function openTerminal(
  args: readonly string[],
  options: TerminalOptions & { readonly stdoutTo?: string; readonly stdinFrom?: string },
): Terminal {
  // A shell sends stdout to a file, as `$(…)` would to a pipe; stdin and stderr stay the terminal's.
  const [program, path = ''] = options.stdoutTo
    ? ['"$@" > "$0"', options.stdoutTo]
    : options.stdinFrom
      ? ['"$@" < "$0"', options.stdinFrom]
      : ['"$@"'];
  return openPty('/bin/sh', ['-c', SHELL(program), path, ...COMMAND, ...args], options);
}

/** What the shell of {@link openShell} shows when it takes a command line. */
export const PROMPT = 'shell:';

/** A shell as a person uses it, with jobs that can be suspended; the executable is called `program`. */
export function openShell(options: TerminalOptions): Terminal {
  const file = join(options.home.path, 'program');
  const words = COMMAND.map((word) => `'${word}'`).join(' ');
  writeFileSync(file, `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
  const path = `${options.home.path}:${process.env.PATH}`;
  return openPty('bash', ['--norc', '--noprofile', '-i'], {
    ...options,
    env: { ...options.env, PATH: path, PS1: `${PROMPT} `, HISTFILE: '' },
  });
}

function openPty(file: string, words: string[], options: TerminalOptions): Terminal {
  const { columns = 80, rows = 24 } = options;
  const screen = createScreen(columns, rows);
  const pty = spawn(file, words, {
    // It becomes TERM, whatever the environment says.
    name: options.env?.TERM ?? 'xterm-256color',
    cols: columns,
    rows,
    cwd: options.cwd ?? options.home.path,
    env: { TERM: 'xterm-256color', ...cleanEnvironment(options) },
  });
  screen.onReply((reply) => pty.write(reply));
  let ended = false;
  const waiting: { text: string; resolve: () => void; reject: (error: Error) => void }[] = [];
  const settle = (): void => {
    if (waiting.length === 0) return;
    const shown = inOneLine(screen.rows().join(' '));
    for (const waiter of [...waiting]) {
      const isShown = [shown, inOneLine(screen.text())].some((text) => text.includes(inOneLine(waiter.text)));
      if (!ended && !isShown) continue;
      waiting.splice(waiting.indexOf(waiter), 1);
      if (isShown) waiter.resolve();
      else waiter.reject(new Error(`ended without ${JSON.stringify(waiter.text)}:\n${screen.text()}`));
    }
  };
  pty.onData((data) => screen.write(data, settle));
  const end = new Promise<{ status: number }>((resolve) => {
    screen.onCommand(STATUS, (status) => {
      pty.kill('SIGKILL');
      ended = true;
      settle();
      resolve({ status: Number(status) });
    });
  });
  return {
    screen: () => screen.shown().then(() => screen),
    until: (text) =>
      new Promise((resolve, reject) => {
        waiting.push({ text, resolve, reject });
        settle();
      }),
    type: (keys) => pty.write(keys),
    resize: (width, height) => {
      screen.resize(width, height);
      pty.resize(width, height);
    },
    close: () => pty.kill('SIGKILL'),
    ended: end,
  };
}

function inOneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
