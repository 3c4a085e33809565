import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pipeToCommand } from '../../src/children/pipe-to-command.ts';
import { plain } from '../../src/text/text.ts';
import { systemClock } from '../../src/values/clock.ts';
import { createInterruption } from '../../src/values/interruption.ts';

/** What is said of a command that got a signal which it may not have been reached by. */
test.each([
  ['belongs to another user: it still runs, and so is told', true],
  ['is ours: it was ended', false],
])('a command that does not end, and %s', async (_, isOthers) => {
  const interruption = createInterruption();
  const lines: string[] = [];
  let id = 0;
  const send = (target: number, signal: NodeJS.Signals): void => {
    if (isOthers && Math.abs(target) === id) return;
    try {
      process.kill(target, signal);
    } catch {
      // There is no such group.
    }
  };
  const failure = await pipeToCommand(
    {
      name: 'store',
      program: '/bin/sh',
      words: [
        '-c',
        'trap "" TERM; cat >/dev/null; echo $$; while :; do read -r _ <&9; done 9<>"$0"',
        '/dev/null',
      ],
      variables: { PATH: process.env.PATH },
      input: 'secret',
      relay: async (output) => {
        for await (const some of output) {
          lines.push(...some);
          id = Number(lines[0]);
          interruption.interrupt('SIGTERM');
          interruption.interrupt('SIGTERM');
        }
      },
      limit: 60_000,
      sharesTerminal: false,
      platform: 'linux',
    },
    {
      clock: systemClock,
      interruption,
      self: {
        // Of another user's command a signal to the group reaches our own processes in it alone.
        signalGroup: (group, signal) => send(isOthers ? group : -group, signal),
        signal: send,
        isRunning: (one) => {
          if (isEnded(one)) return false;
          try {
            return process.kill(one, 0);
          } catch {
            return false;
          }
        },
      },
    },
  );
  try {
    const told = failure && plain(failure.text);
    expect(told).toContain(
      isOthers
        ? `store was to store the token, and failed: it did not end when asked to, and still runs as process ${id}`
        : 'store was to store the token, and failed: it was ended by SIGKILL',
    );
    expect(told?.includes('still runs')).toBe(isOthers);
  } finally {
    if (isOthers) process.kill(id, 'SIGKILL');
  }
});

/** Ended, and not asked for by its parent yet. */
function isEnded(id: number): boolean {
  try {
    return readFileSync(`/proc/${id}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
