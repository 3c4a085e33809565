import { withoutCredentials } from '../../children/child-variables.ts';
import { command } from '../../cli/command.ts';
import { argumentList, valueFlag } from '../../cli/declaration.ts';
import type { Emulator } from '../../emulator/index.ts';
import { Failure } from '../../text/errors.ts';
import { text } from '../../text/text.ts';
import { closeEmulator, EMULATOR_FLAGS, startEmulator } from './options.ts';

const IDENTITIES = ['service-token', 'user'] as const;
type Identity = (typeof IDENTITIES)[number];

export const emulatorExec = command({
  name: 'exec',
  alsoChanges: 'with --state, that file',
  description:
    "Start an emulator on a free port, run a command against it as its administrator, and exit with the command's status. Inherited PlanetScale credentials are removed.",
  usage: '[options] -- <command...>',
  arguments: {
    words: argumentList(
      'command',
      'The command and its arguments',
      'at least one',
      (words) => words,
      'command',
    ),
  },
  flags: {
    ...EMULATOR_FLAGS,
    identity: valueFlag(
      '--as <identity>',
      'What to authenticate with: service-token (default) or user',
      parseIdentity,
      {
        completes: { words: IDENTITIES, description: 'authenticate as this' },
      },
    ),
  },
  reads: ['format', 'config'],
  examples: [
    [
      'emulator exec -- pscale-service-token list',
      'One command, without an account',
      'runs a command of yours',
    ],
    [
      'emulator exec --as user --seed ci/seed.yml -- npm test',
      'A test suite, on a state of your own',
      'runs a command of yours',
    ],
  ],
  run: async ({ words, identity = 'service-token', ...flags }, context) => {
    const { runChild } = await import('../../children/run-child.ts');
    const emulator = await startEmulator(flags);
    try {
      const status = await runChild({
        words,
        environment: {
          ...context.environment,
          variables: {
            ...withoutCredentials(context.environment.variables),
            ...variablesOf(emulator, identity),
          },
        },
        interruption: context.interruption,
        sharesTerminal: context.io.hasTerminal,
      });
      return { notes: [], end: { kind: 'relayed', status } };
    } finally {
      await closeEmulator(emulator);
    }
  },
});

function variablesOf(
  { url, organization, administrator }: Emulator,
  identity: Identity,
): Record<string, string> {
  const credentials: Record<string, string> =
    identity === 'user'
      ? { PLANETSCALE_API_TOKEN: administrator.userToken }
      : {
          PLANETSCALE_SERVICE_TOKEN_ID: administrator.serviceTokenId,
          PLANETSCALE_SERVICE_TOKEN: administrator.serviceToken,
        };
  return { PLANETSCALE_API_URL: url, PLANETSCALE_ORG: organization, ...credentials };
}

function parseIdentity(value: string): Identity {
  const identity = IDENTITIES.find((candidate) => candidate === value);
  if (identity) return identity;
  throw new Failure('INVALID_USAGE', text`invalid --as ${JSON.stringify(value)}: use service-token or user`);
}
