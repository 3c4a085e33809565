import { parseDuration } from '../../duration.ts';
import type { Emulator, EmulatorOptions } from '../../emulator/index.ts';
import { Failure } from '../../errors.ts';
import { text } from '../../text.ts';
import type { CliCommand } from '../command.ts';

/** The flags of both emulator commands, as commander hands them over. */
export interface EmulatorFlags {
  readonly host?: string;
  readonly port?: number;
  readonly state?: string;
  readonly seed?: string;
  /** Milliseconds. */
  readonly latency?: number;
  /** As typed: `<status|drop>:<count>`. */
  readonly fail?: readonly string[];
}

export function addEmulatorOptions(command: CliCommand): CliCommand {
  return command
    .option('--host <host>', 'Loopback address to listen on (default: 127.0.0.1)')
    .option('--port <port>', 'Port to listen on (default: a free one)', parsePort)
    .option('--state <file>', 'Keep the state in this file; without it, in memory')
    .option('--seed <file>', 'What to start with, in YAML, where there is no state yet')
    .option('--latency <duration>', 'Hold every answer back that long, such as 200ms', parseLatency)
    .option(
      '--fail <status|drop:count>',
      'Fail the next requests: 503:2, 429:1, drop:1; may be repeated',
      collect,
    );
}

/**
 * Starts an emulator. Its code is loaded here, by these commands only.
 *
 * @throws Failure INVALID_USAGE (a flag), INVALID_CONFIG (a file), COMMAND_FAILED (the port, or a
 * state file in use)
 */
export async function startEmulator(flags: EmulatorFlags): Promise<Emulator> {
  const emulator = await import('../../emulator/index.ts');
  try {
    const options: EmulatorOptions = {
      ...(flags.host !== undefined && { host: flags.host }),
      ...(flags.port !== undefined && { port: flags.port }),
      ...(flags.state !== undefined && { stateFile: flags.state }),
      ...(flags.seed !== undefined && { seedFile: flags.seed }),
      ...(flags.latency !== undefined && { latencyMs: flags.latency }),
      faults: (flags.fail ?? []).map(emulator.parseFault),
    };
    return await emulator.startEmulator(options);
  } catch (error) {
    if (error instanceof emulator.FaultSyntaxError) {
      throw new Failure('INVALID_USAGE', text`--fail: ${error.message}`, { cause: error });
    }
    throw asFailure(error, emulator);
  }
}

/**
 * Ends an emulator.
 *
 * @throws Failure INVALID_CONFIG, COMMAND_FAILED if its last changes cannot be written
 */
export async function closeEmulator(running: Emulator): Promise<void> {
  try {
    await running.close();
  } catch (error) {
    throw asFailure(error, await import('../../emulator/index.ts'));
  }
}

function asFailure(
  error: unknown,
  { EmulatorError }: Pick<typeof import('../../emulator/index.ts'), 'EmulatorError'>,
): unknown {
  if (!(error instanceof EmulatorError)) return error;
  return new Failure(FAILURES[error.code], text`${error.message}`, { cause: error });
}

/** Milliseconds. */
const LONGEST_LATENCY = 3_600_000;

const FAILURES = {
  HOST_REFUSED: 'INVALID_USAGE',
  PORT_UNAVAILABLE: 'COMMAND_FAILED',
  STATE_INVALID: 'INVALID_CONFIG',
  STATE_IN_USE: 'COMMAND_FAILED',
  SEED_INVALID: 'INVALID_CONFIG',
} as const;

function parsePort(value: string): number {
  if (/^\d+$/.test(value) && Number(value) <= 65_535) return Number(value);
  throw new Failure(
    'INVALID_USAGE',
    text`--port ${value} is not a port: a number from 0 (a free one) to 65535`,
  );
}

function parseLatency(value: string): number {
  const latency = parseDuration(value);
  if (latency !== undefined && latency <= LONGEST_LATENCY) return latency;
  throw new Failure(
    'INVALID_USAGE',
    text`--latency ${value} is not a duration such as 200ms or 2s, an hour at most`,
  );
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
