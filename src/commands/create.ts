import { commandLine } from '../command-line.ts';
import type { Context } from '../context.ts';
import { createToken } from '../operations/create-token.ts';
import type { Result } from '../output/result.ts';
import { text } from '../text.ts';
import { organizationOf, parseTtl } from './arguments.ts';
import { API_SETTINGS, type CliCommand } from './command.ts';
import { runCreateInteractively } from './create-interactively.ts';
import { newToken } from './new-token.ts';

interface CreateOptions {
  /** An empty name is no name, as in the official CLI. */
  readonly name?: string;
  /** Seconds. */
  readonly ttl?: number;
  readonly interactive?: boolean;
}

export function addCreateCommand(parent: CliCommand): void {
  const command = parent.createCommand('create');
  command
    .description('Create a service token for the organization. Its secret is shown once.')
    .option('--name <name>', 'A label for people, shown by list')
    .option('--ttl <seconds>', 'Seconds until the token expires; 0 or none: it does not', parseTtl)
    .option('-i, --interactive', 'Ask for name, expiry and access in a terminal')
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
  if (options.interactive) return runCreateInteractively(options, context);
  const organization = await organizationOf(context);
  const client = await context.client();
  context.progress.start(text`Creating service token in org ${organization}`);
  const name = options.name || undefined;
  const ttl = options.ttl || undefined;
  const token = await createToken({ organization, name, ttl }, { ...context, client });
  const grant = commandLine(
    'add-access',
    token.id,
    '<access>',
    '--database',
    '<database>',
    '--org',
    organization,
  );
  return newToken(token, text`Give it access with: ${grant}`, { organization, client, context });
}
