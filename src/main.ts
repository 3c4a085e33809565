import { homedir } from 'node:os';
import { systemClock } from './clock.ts';
import type { InterruptSignal } from './errors.ts';
import { createInterruption } from './interruption.ts';
import type { OutputStream } from './output/io.ts';
import { run } from './run.ts';

/**
 * The composition root: runs one command line in the real process and answers its exit status. Nothing
 * below this file touches `process`, apart from the terminal prompts' library.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const interruption = createInterruption();
  const signals: InterruptSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, () => interruption.interrupt(signal));
  for (const stream of [process.stdout, process.stderr]) {
    // Each write reports its own error; without a listener the event would end the process.
    stream.on('error', () => {});
  }
  return run(argv, {
    io: {
      // Opened by whoever reads it: that takes the runtime a moment, and few commands ask anything.
      get stdin() {
        return process.stdin;
      },
      stdout: outputStream(process.stdout),
      stderr: outputStream(process.stderr),
      // Not imported at the start: where stderr is a terminal the runtime has loaded it already.
      interactive: process.stderr.isTTY === true && process.getBuiltinModule('node:tty').isatty(0),
    },
    environment: {
      variables: process.env,
      workingDirectory: process.cwd(),
      home: homedir(),
      platform: process.platform,
    },
    clock: systemClock,
    random: Math.random,
    interruption,
  });
}

function outputStream(stream: NodeJS.WriteStream): OutputStream {
  return {
    stream,
    isTerminal: stream.isTTY === true,
    canColour: stream.isTTY === true && stream.getColorDepth() > 1,
    width: stream.isTTY === true ? stream.columns : 100,
  };
}
