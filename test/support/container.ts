import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { type CliOptions, COMMAND, cleanEnvironment } from './cli.ts';

/** Whether this user, on this system, may make namespaces of processes and mounts, as a container has them. */
export function canIsolate(): boolean {
  try {
    const mounts = 'mount --bind / / && mount -o remount,bind,ro /';
    const words = ['--pid', '--fork', '--mount', '--mount-proc', 'sh', '-c', mounts];
    execFileSync('unshare', words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A root file system that cannot be written to, and a folder for temporary files that nothing can be started from. */
const READ_ONLY =
  'mount -t tmpfs -o noexec tmpfs "$TMPDIR" && mount --bind / / && mount -o remount,bind,ro / && exec "$@"';

/** Starts the executable as the first process of a system of its own. */
export function startAsFirst(args: readonly string[], options: CliOptions): ChildProcess {
  return spawn(
    'unshare',
    ['--pid', '--fork', '--kill-child', '--mount', '--mount-proc', '--', ...COMMAND, ...args],
    { cwd: options.home.path, env: cleanEnvironment(options), stdio: ['pipe', 'pipe', 'pipe'] },
  );
}

/** Starts the executable where nothing can be written, and without a home of its user's. */
export function startReadOnly(args: readonly string[], { home }: CliOptions): ChildProcess {
  return spawn('unshare', ['--mount', 'sh', '-c', READ_ONLY, 'sh', ...COMMAND, ...args], {
    cwd: '/',
    env: { PATH: process.env.PATH ?? '', TMPDIR: home.path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
