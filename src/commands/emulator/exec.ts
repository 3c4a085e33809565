import type { Context } from '../../context.ts';
import type { Emulator } from '../../emulator/index.ts';
import { Failure } from '../../errors.ts';
import { text } from '../../text.ts';
import { withoutCredentials } from '../child-variables.ts';
import type { CliCommand, Outcome } from '../command.ts';
import { addEmulatorOptions, closeEmulator, type EmulatorFlags, startEmulator } from './options.ts';

interface ExecOptions extends EmulatorFlags {
  readonly as?: Identity;
}

const IDENTITIES = ['service-token', 'user'] as const;
type Identity = (typeof IDENTITIES)[number];

export function addEmulatorExecCommand(parent: CliCommand): void {
  const command = parent.createCommand('exec');
  addEmulatorOptions(command)
    .summary('Run one command against an emulator of its own')
    .description(
      "Start an emulator on a free port, run a command against it as its administrator, and end with the command's status. Inherited PlanetScale credentials are removed.",
    )
    .usage('[options] -- <command...>')
    .argument('<command...>', 'The command and its arguments')
    .option('--as <identity>', 'What to authenticate with: service-token (default) or user', parseIdentity)
    .documents({
      reads: ['format', 'config'],
      examples: [
        ['emulator exec -- pscale-service-token list', 'One command, without an account'],
        ['emulator exec --as user --seed ci/seed.yml -- npm test', 'A test suite, on a state of your own'],
      ],
    })
    .handles(
      (...words) =>
        (context) =>
          runEmulatorExec({ ...command.opts<ExecOptions>(), words }, context),
    );
  parent.addCommand(command);
}

export async function runEmulatorExec(
  options: ExecOptions & { words: readonly string[] },
  context: Context,
): Promise<Outcome> {
  const { runChild } = await import('../../operations/run-child.ts');
  const emulator = await startEmulator(options);
  try {
    const relayedStatus = await runChild({
      words: options.words,
      variables: {
        ...withoutCredentials(context.environment.variables),
        ...variablesOf(emulator, options.as ?? 'service-token'),
      },
      interruption: context.interruption,
      sharesTerminal: context.io.hasTerminal,
    });
    return { relayedStatus };
  } finally {
    await closeEmulator(emulator);
  }
}

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
  throw new Failure('INVALID_USAGE', text`--as ${value} is neither service-token nor user`);
}
