import { command } from '../../cli/command.ts';
import type { Emulator } from '../../emulator/index.ts';
import type { Result } from '../../output/result.ts';
import { lines, text, unstyled } from '../../text/text.ts';
import { outcome } from '../../views/outcome.ts';
import { closeEmulator, EMULATOR_FLAGS, startEmulator } from './options.ts';

/** Ends with 0: being stopped is how a server ends, not a failure of it. */
export const emulatorStart = command({
  name: 'start',
  alsoChanges: 'with --state, that file',
  description: 'Start the emulator, print how to reach it, and keep it running until Ctrl-C.',
  flags: EMULATOR_FLAGS,
  reads: ['format', 'config'],
  examples: [
    ['emulator start --port 4010', 'In one terminal; paste the export lines into another', 'goes on running'],
    [
      'emulator start --state emulator.json --latency 200ms',
      'Keep the state, and respond slowly',
      'goes on running',
    ],
  ],
  run: async (flags, context) => {
    const { signal } = context.interruption;
    const emulator = await startEmulator(flags);
    try {
      if (flags.seed !== undefined && !emulator.seedApplied) {
        context.warn(text`${flags.seed} was not used: ${flags.state ?? ''} already contains a state`);
      }
      await context.print(connectionDetails(emulator));
      if (!signal.aborted) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      }
    } finally {
      await closeEmulator(emulator);
    }
    return { notes: [], end: { kind: 'relayed', status: 0 } };
  },
});

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
