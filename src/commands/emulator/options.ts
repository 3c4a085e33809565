import { type ValuesOf, valueFlag, valuesFlag } from '../../cli/declaration.ts';
import type { Edition, Emulator, EmulatorOptions } from '../../emulator/index.ts';
import { ambiguous } from '../../flags/expiry.ts';
import { Failure } from '../../text/errors.ts';
import { text } from '../../text/text.ts';
import { parseDuration } from '../../values/duration.ts';
import { parseInteger } from '../../values/integer.ts';

/** What the emulator calls its editions; its code is loaded by its commands only. */
const EDITIONS = ['2026-08', '2026-11'] as const satisfies readonly Edition[];

/** The flags of both emulator commands. */
export const EMULATOR_FLAGS = {
  host: valueFlag('--host <host>', 'Loopback address to listen on (default: 127.0.0.1)', (host) => host),
  port: valueFlag('--port <port>', 'Port to listen on (default: a free one)', parsePort),
  state: valueFlag('--state <file>', 'Keep the state in this file; without it, in memory', (file) => file, {
    completes: 'file',
  }),
  seed: valueFlag('--seed <file>', 'Initial state in YAML, used if there is no state yet', (file) => file, {
    completes: 'file',
  }),
  latency: valueFlag(
    '--latency <duration>',
    'Delay every response by this long, such as 200ms',
    parseLatency,
  ),
  edition: valueFlag('--edition <month>', 'Be the API of 2026-08 or of 2026-11 (the default)', parseEdition, {
    completes: { words: EDITIONS, description: 'edition' },
  }),
  fail: valuesFlag(
    '--fail <status|drop:count>',
    'Fail the next requests: 503:2, 429:1, drop:1; repeatable',
    (faults) => faults,
  ),
};

export type EmulatorFlags = ValuesOf<typeof EMULATOR_FLAGS>;

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
      ...(flags.edition !== undefined && { edition: flags.edition }),
      ...(flags.latency !== undefined && { latencyMs: flags.latency }),
      faults: flags.fail.map(emulator.parseFault),
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
  const port = parseInteger(value);
  if (port.kind === 'ambiguous') throw ambiguous('--port', value);
  if (port.kind === 'integer' && port.value <= 65_535) return port.value;
  throw new Failure(
    'INVALID_USAGE',
    text`invalid --port ${JSON.stringify(value)}: use a number from 0 (a free one) to 65535`,
  );
}

function parseEdition(value: string): Edition {
  const edition = EDITIONS.find((one) => one === value);
  if (edition) return edition;
  throw new Failure(
    'INVALID_USAGE',
    text`invalid --edition ${JSON.stringify(value)}: use ${EDITIONS.join(' or ')}`,
  );
}

function parseLatency(value: string): number {
  const latency = parseDuration(value);
  if (latency !== undefined && latency <= LONGEST_LATENCY) return latency;
  throw new Failure(
    'INVALID_USAGE',
    text`invalid --latency ${JSON.stringify(value)}: use a duration such as 200ms or 2s, an hour at most`,
  );
}
