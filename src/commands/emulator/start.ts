import type { Context } from '../../context.ts';
import type { Emulator } from '../../emulator/index.ts';
import type { Result } from '../../output/result.ts';
import { outcome } from '../../output/views/outcome.ts';
import { lines, text, unstyled } from '../../text.ts';
import type { CliCommand, Outcome } from '../command.ts';
import { addEmulatorOptions, closeEmulator, type EmulatorFlags, startEmulator } from './options.ts';

export function addEmulatorStartCommand(parent: CliCommand): void {
  const command = parent.createCommand('start');
  addEmulatorOptions(command)
    .summary('Start the emulator and keep it running')
    .description('Start the emulator, say how to reach it, and keep it running until Ctrl-C.')
    .documents({
      reads: ['format', 'config'],
      examples: [
        ['emulator start --port 4010', 'In one terminal; paste the export lines into another'],
        ['emulator start --state emulator.json --latency 200ms', 'Keep what was made, and answer slowly'],
      ],
    })
    .handles(() => (context) => runEmulatorStart(command.opts<EmulatorFlags>(), context));
  parent.addCommand(command);
}

/** Ends with 0: being stopped is how a server ends, not a failure of it. */
export async function runEmulatorStart(flags: EmulatorFlags, context: Context): Promise<Outcome> {
  const { signal } = context.interruption;
  const emulator = await startEmulator(flags);
  try {
    if (flags.seed !== undefined && !emulator.seedApplied) {
      context.warn(text`${flags.seed} was not used: ${flags.state ?? ''} already holds a state`);
    }
    await context.print(connectionDetails(emulator));
    if (!signal.aborted) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    }
  } finally {
    await closeEmulator(emulator);
  }
  return { relayedStatus: 0 };
}

function connectionDetails({ url, organization, administrator }: Emulator): Result {
  const variables = {
    PLANETSCALE_API_URL: url,
    PLANETSCALE_ORG: organization,
    PLANETSCALE_SERVICE_TOKEN_ID: administrator.serviceTokenId,
    PLANETSCALE_SERVICE_TOKEN: administrator.serviceToken,
  };
  const exports = Object.entries(variables).map(
    ([name, value]) => text`export ${unstyled(name)}=${unstyled(value)}`,
  );
  return outcome(
    { url, organization, ...administratorData(administrator) },
    variables,
    lines(
      text`The PlanetScale API emulator listens on ${url} (Ctrl-C stops it). To use it:\n`,
      ...exports,
      text`\nor, as a signed-in user:\n`,
      text`export PLANETSCALE_API_TOKEN=${unstyled(administrator.userToken)}`,
    ),
  );
}

function administratorData({ serviceTokenId, serviceToken, userToken }: Emulator['administrator']) {
  return { service_token_id: serviceTokenId, service_token: serviceToken, api_token: userToken };
}
