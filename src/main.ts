import { userInfo } from 'node:os';
import type { Tree } from './cli/tree.ts';
import type { Host } from './context.ts';
import type { Ending } from './exit.ts';
import { levelOfDepth, type OutputStream } from './output/io.ts';
import { runToEnd } from './run.ts';
import { homeDirectory, workingDirectory } from './settings/home.ts';
import { Stalled, watchDefects } from './text/defect.ts';
import type { InterruptSignal } from './text/errors.ts';
import { systemClock } from './values/clock.ts';
import type { Environment } from './values/environment.ts';
import { createInterruption, type IgnorableSignal, ignoredIn } from './values/interruption.ts';
import { giveTerminalBack, resumeAll, suspendAll } from './values/suspension.ts';

/** Signals that end a run. */
const SIGNALS: readonly InterruptSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

/** What another face of this program has of its own, where it is no command line that a user has typed. */
export interface Face {
  /** The environment that it runs in; what is left out is none, and not the process's. */
  readonly environment: Pick<Environment, 'variables'>;
  /** How it writes. */
  readonly output: (stream: OutputStream) => OutputStream;
  /** Told how the run ends before the process does; answers how that ends. */
  readonly ended: (ending: Ending) => Ending;
}

/**
 * The composition root: runs one command line in the real process, and ends that. Nothing below this file
 * touches `process`.
 *
 * @param tree the commands that it knows
 */
export async function main(argv: readonly string[], tree: Tree, face?: Face): Promise<never> {
  // Failure is the default: whatever ends the process in a way that nobody has thought of is none of success.
  process.exitCode = FAILED;
  keepRuntimeQuiet();
  const interruption = createInterruption();
  const { defect, report } = watchDefects();
  process.on('uncaughtException', report);
  process.on('unhandledRejection', report);
  process.on('beforeExit', () => report(new Stalled()));
  const ignored = ignoredSignals();
  for (const signal of SIGNALS) {
    if (!ignored.has(signal)) process.on(signal, () => interruption.interrupt(signal));
  }
  // For a command that runs below. The first would open Node's debugger on a process that holds secrets.
  const others = ['SIGUSR1', 'SIGUSR2'] as const;
  for (const signal of others) process.on(signal, () => interruption.passOn(signal));
  const { platform } = process;
  const canSuspend = platform !== 'win32' && !ignored.has('SIGTSTP');
  if (canSuspend) suspendBySignal();
  const output = face?.output ?? ((stream: OutputStream): OutputStream => stream);
  const host: Host = {
    io: {
      // Opened by whoever reads it: that takes the runtime a moment, and few commands ask anything.
      get stdin() {
        return process.stdin;
      },
      stdout: output(outputStream(() => process.stdout, 1)),
      stderr: output(outputStream(() => process.stderr, 2)),
      interactive: isTerminal(2) && isTerminal(0),
      get stdinIsTerminal() {
        return isTerminal(0);
      },
      get hasTerminal() {
        return isTerminal(1) || isTerminal(2) || isTerminal(0);
      },
      get discardsStdout() {
        return isNullDevice(1);
      },
      // To the whole group: a shell takes a job for suspended once all of it is.
      suspend: canSuspend ? () => void process.kill(0, 'SIGTSTP') : undefined,
      get stderrReachesLog() {
        return isTerminal(2) || !isFileOrDevice(2);
      },
    },
    environment: face
      ? { ...face.environment, platform, workingDirectory: undefined, home: undefined }
      : {
          variables: process.env,
          workingDirectory: workingDirectory(() => process.cwd()),
          home: homeDirectory(process.env, platform, () => userInfo().homedir),
          platform,
          uid: process.getuid?.(),
        },
    clock: systemClock,
    random: Math.random,
    interruption,
    self: {
      id: process.pid,
      // Asked for by few commands, and the runtime loads all that it has for measuring with it.
      get startedAt() {
        return performance.timeOrigin;
      },
      get bootedAt() {
        return Date.now() - process.getBuiltinModule('node:os').uptime() * 1_000;
      },
      isRunning,
      signal: sendSignal,
      signalGroup: (id, signal) => sendSignal(process.platform === 'win32' ? id : -id, signal),
    },
    defect,
  };
  const ending = await runToEnd(argv, host, tree);
  return end(face?.ended(ending) ?? ending);
}

/** What the process ends with unless something else has been settled. */
const FAILED = 2;

/**
 * Takes the runtime's own messages off stderr: what it has to say of variables and functions is for whoever
 * writes a program, and breaks the output of one that is used. It prints what no listener takes; as a message
 * may be made an exception, too, that is switched off.
 */
function keepRuntimeQuiet(): void {
  process.removeAllListeners('warning');
  process.on('warning', () => {});
  // Cannot be assigned to where an option of Node's has set it.
  Object.defineProperty(process, 'throwDeprecation', { value: false, configurable: true });
}

/** Gives the terminal back before the process stops, and takes it again once that goes on. */
function suspendBySignal(): void {
  let isOwn = false;
  const onStop = (): void => {
    suspendAll();
    isOwn = true;
    // Its default is what stops the process, right here, and does nothing where no shell could go on with it.
    process.off('SIGTSTP', onStop);
    process.kill(process.pid, 'SIGTSTP');
    process.on('SIGTSTP', onStop);
    resumeAll();
  };
  process.on('SIGTSTP', onStop);
  process.on('SIGCONT', () => {
    // Of a stop that no process hears of, such as SIGSTOP, a shell has put the terminal right meanwhile.
    if (!isOwn) {
      suspendAll();
      resumeAll();
    }
    isOwn = false;
  });
}

/**
 * The signals that whoever started the process wants it not to hear, as `nohup` does with SIGHUP. Node forgets
 * them before its first line; the runtime of the standalone executables leaves them as they are.
 */
function ignoredSignals(): ReadonlySet<IgnorableSignal> {
  if (process.platform !== 'linux') return new Set();
  const { readFileSync } = process.getBuiltinModule('node:fs');
  try {
    return ignoredIn(readFileSync('/proc/self/status', 'latin1'));
  } catch {
    // No /proc: nothing is known to be ignored.
    return new Set();
  }
}

/**
 * Ends the process at once, whatever connections or timers are left. One that a signal has ended dies of that
 * signal, so that whoever waits for it sees it; that also spares the wait for threads of the runtime, which
 * may look up a name for a long time.
 */
function end({ status, signal }: Ending): never {
  giveTerminalBack();
  // SIGQUIT would leave a core dump, and secrets in it.
  if (signal && signal !== 'SIGQUIT' && process.platform !== 'win32') {
    for (const name of SIGNALS) process.removeAllListeners(name);
    process.kill(process.pid, signal);
    // Only the first process of a system or a container is still here: the kernel keeps it from such signals.
  }
  process.exit(status);
}

/** Whether there is a process with this id; one of another user cannot be signalled. */
function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    // One that has ended is there until its parent has asked for its status.
    return !/^\d+ \(.*\) [ZX]/s.test(
      process.getBuiltinModule('node:fs').readFileSync(`/proc/${id}/stat`, 'utf8'),
    );
  } catch {
    return true;
  }
}

/** A group is named by the number of its leader, negative. */
function sendSignal(id: number, signal: NodeJS.Signals): void {
  try {
    process.kill(id, signal);
  } catch {
    // It has ended, or belongs to another user.
  }
}

/** Asked of the runtime only where it may be one: it loads all that it has of terminals and sockets for that. */
function isTerminal(descriptor: number): boolean {
  if (process.platform !== 'win32' && !isCharacterDevice(descriptor)) return false;
  return process.getBuiltinModule('node:tty').isatty(descriptor);
}

function isCharacterDevice(descriptor: number): boolean {
  const { fstatSync } = process.getBuiltinModule('node:fs');
  try {
    return fstatSync(descriptor).isCharacterDevice() && !isNullDevice(descriptor);
  } catch {
    // Closed, and nothing put in its place.
    return false;
  }
}

/** Whether what is written there is thrown away; runtimes put the null device in the place of what is closed. */
function isNullDevice(descriptor: number): boolean {
  if (process.platform === 'win32') return false;
  const { fstatSync, statSync } = process.getBuiltinModule('node:fs');
  const { rdev } = fstatSync(descriptor);
  return rdev !== 0 && rdev === statSync('/dev/null').rdev;
}

/** Whether what is written there goes to a file or a device, not through a pipe or a socket. */
function isFileOrDevice(descriptor: number): boolean {
  const { fstatSync } = process.getBuiltinModule('node:fs');
  try {
    const found = fstatSync(descriptor);
    // Windows has a device for consoles and for what is thrown away alike.
    return process.platform === 'win32' ? found.isFile() : !found.isFIFO() && !found.isSocket();
  } catch {
    // Closed, and nothing put in its place.
    return true;
  }
}

/** The stream is opened by whoever writes to it: that takes the runtime a moment, and files need none. */
function outputStream(open: () => NodeJS.WriteStream, descriptor: number): OutputStream {
  const { writeSync } = process.getBuiltinModule('node:fs');
  const isTTY = isTerminal(descriptor);
  const isCounted = !isTTY && isFileOrDevice(descriptor);
  let opened: NodeJS.WriteStream | undefined;
  const stream = (): NodeJS.WriteStream => {
    // Each write reports its own error; without a listener the event would end the process.
    opened ??= open().on('error', () => {});
    return opened;
  };
  return {
    get stream() {
      return stream();
    },
    writeSome: isCounted ? (bytes) => writeSync(descriptor, bytes) : undefined,
    isTerminal: isTTY,
    colourLevel: isTTY ? levelOfDepth(stream().getColorDepth()) : 0,
    width: isTTY ? stream().columns : 100,
  };
}
