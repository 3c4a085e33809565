import { commandLine } from '../command-line.ts';
import type { Context } from '../context.ts';
import { Failure } from '../errors.ts';
import { createToken } from '../operations/create-token.ts';
import { takeBack } from '../operations/take-back.ts';
import { deletion, fate } from '../operations/token-fate.ts';
import type { Result } from '../output/result.ts';
import { createdToken } from '../output/views/tokens.ts';
import { lines, type Text, text } from '../text.ts';
import { organizationOf, parseTtl } from './arguments.ts';
import { API_SETTINGS, type CliCommand } from './command.ts';

interface CreateOptions {
  /** An empty name is no name, as in the official CLI. */
  readonly name?: string;
  /** Seconds. */
  readonly ttl?: number;
}

export function addCreateCommand(parent: CliCommand): void {
  const command = parent.createCommand('create');
  command
    .summary('Create a service token for the organization')
    .description('Create a service token for the organization. Its secret is shown once.')
    .option('--name <name>', 'A label for people, shown by list')
    .option('--ttl <seconds>', 'Seconds until the token expires; 0 or none: it does not', parseTtl)
    .documents({
      reads: API_SETTINGS,
      examples: [
        ['create --name ci-deploy --org acme', 'A token for a CI pipeline'],
        [
          'create --name tryout --ttl 3600 --format json',
          'One that stops working in an hour, for a script to read',
        ],
      ],
    })
    .handles(() => (context) => runCreate(command.opts<CreateOptions>(), context));
  parent.addCommand(command);
}

export async function runCreate(options: CreateOptions, context: Context): Promise<Result> {
  const organization = await organizationOf(context);
  const client = await context.client();
  context.progress.start(text`Creating service token in org ${organization}`);
  const name = options.name || undefined;
  const ttl = options.ttl || undefined;
  const token = await createToken({ organization, name, ttl }, { ...context, client });
  const label: Text = token.name === null ? text`${token.id}` : text`${token.name}`;
  return {
    ...createdToken(token, {
      before: text`Service token ${label} was created in organization ${organization}.`,
      after: lines(
        ['The token cannot be shown again: store it now.'],
        text`Give it access with: ${commandLine('add-access', token.id, '<access>', '--database', '<database>', '--org', organization)}`,
      ),
    }),
    onUndelivered: async () => {
      const { clock, interruption } = context;
      const gone = await takeBack(client, organization, token.id, clock, interruption.insistence);
      return new Failure(
        'COMMAND_FAILED',
        lines(['the new token could not be written to stdout'], fate(token.id, gone)),
        {
          nextSteps: gone ? [] : [deletion(organization, token.id)],
        },
      );
    },
  };
}
