import { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { CannotRun, runChild } from '../../src/children/run-child.ts';
import { Interrupted } from '../../src/text/errors.ts';
import type { Environment } from '../../src/values/environment.ts';
import { createInterruption } from '../../src/values/interruption.ts';
import { createHome } from '../support/cli.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

function running(words: readonly string[], interruption = createInterruption()): Promise<number> {
  const environment: Environment = {
    variables: { PATH: process.env.PATH },
    workingDirectory: process.cwd(),
    home: undefined,
    platform: process.platform,
  };
  return runChild({ words, environment, interruption, sharesTerminal: false });
}

async function refusalOf(words: readonly string[]): Promise<CannotRun> {
  const failure = await running(words).catch((error: unknown) => error);
  if (failure instanceof CannotRun) return failure;
  throw new Error(`it did not fail as it should: ${failure}`);
}

describe('a command that cannot be run', () => {
  test.each([
    ['nothing of that name', 'no-such-command-anywhere', 127],
    ['nothing at that place', '/nonexistent/command', 127],
    ['a file that is not executable', '/etc/passwd', 126],
    ['a folder', '/etc', 126],
    // Node throws for these, where it emits an event for the others.
    ['a path through a file', '/etc/passwd/command', 126],
    ['an empty word', '', 126],
  ])('%s', async (_, command, status) => {
    const failure = await refusalOf([command, 'argument']);
    expect(failure.shellStatus).toBe(status);
    expect(failure.message).toContain(`cannot run ${command}`);
  });

  test('a script whose interpreter does not exist, though the script does', async () => {
    const home = createHome();
    const script = join(home.path, 'script');
    writeFileSync(script, '#!/no/such/shell\ntrue\n', { mode: 0o755 });
    const failure = await refusalOf([script]);
    expect(failure.shellStatus).toBe(126);
    expect(failure.message).toContain('its interpreter /no/such/shell does not exist');
    home.remove();
  });

  test('one with more arguments than the system takes', async () => {
    const failure = await refusalOf(['true', 'x'.repeat(4_000_000)]);
    expect(failure.shellStatus).toBe(126);
  });
});

describe('signals', () => {
  test('one that came before the command keeps it from being started', async () => {
    const interruption = createInterruption();
    interruption.interrupt('SIGTERM');
    const failure = await running(['true'], interruption).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Interrupted);
  });

  test('one that may not be sent to the command does not end the wait for it, and the next one neither', async () => {
    const interruption = createInterruption();
    const kill = vi.spyOn(ChildProcess.prototype, 'kill').mockImplementation(function (this: ChildProcess) {
      // As Node does for a command of another user.
      this.emit('error', Object.assign(new Error('kill EPERM'), { code: 'EPERM', syscall: 'kill' }));
      return false;
    });
    const ended = running(['sh', '-c', 'exit 9'], interruption);
    interruption.interrupt('SIGTERM');
    interruption.interrupt('SIGTERM');
    expect(await ended).toBe(9);
    expect(kill).toHaveBeenCalledTimes(2);
  });

  test('one that comes when the command has ended is not for it', async () => {
    const interruption = createInterruption();
    const kill = vi.spyOn(ChildProcess.prototype, 'kill');
    await running(['true'], interruption);
    await refusalOf(['no-such-command-anywhere']);
    interruption.interrupt('SIGINT');
    expect(kill).not.toHaveBeenCalled();
  });

  test('each that ends the command is its status, as a shell reports it', async () => {
    const ending = Object.entries(constants.signals).filter(([name]) => !SURVIVED.test(name));
    expect(ending.length).toBeGreaterThan(20);
    const statuses = await Promise.all(
      ending.map(([, number]) => running(['sh', '-c', `ulimit -c 0; kill -${number} $$; exit 99`])),
    );
    expect(statuses).toEqual(ending.map(([, number]) => 128 + number));
  });
});

/** Signals that stop a process, or that it takes no notice of. */
const SURVIVED = /^SIG(STOP|TSTP|TTIN|TTOU|CONT|CHLD|URG|WINCH|INFO)$/;
