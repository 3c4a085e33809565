import { refuseSecret } from '../api/path.ts';
import { commandLine } from '../command-line.ts';
import type { Context } from '../context.ts';
import { Failure } from '../errors.ts';
import { issueToken } from '../operations/issue-token.ts';
import { text } from '../text.ts';
import { organizationOf } from './arguments.ts';
import { API_SETTINGS, type CliCommand, type Outcome } from './command.ts';
import { runCreateInteractively } from './create-interactively.ts';
import { addExpiryOptions, type ExpiryOptions, ttlOf } from './expiry.ts';
import { addHandOverOptions, type HandOverOptions, openHandOver, type TokenView } from './hand-over.ts';
import { issuedTokenView, issuing, labelOf, newTokenView } from './issuing.ts';
import { type AccessOptions, addAccessOptions, checkDatabases, plannedAccess } from './planned-access.ts';

interface CreateOptions extends AccessOptions, ExpiryOptions, HandOverOptions {
  /** An empty name is no name, as in the official CLI. */
  readonly name?: string;
  readonly interactive?: boolean;
}

export function addCreateCommand(parent: CliCommand): void {
  const command = parent.createCommand('create');
  command
    .description(
      'Create a service token for the organization, with its access in the same step: if an access cannot be granted, the token is deleted again. Its secret is shown once.',
    )
    .option('--name <name>', 'A label for people, shown by list');
  addAccessOptions(command);
  addExpiryOptions(command, '0, the default: for ever');
  addHandOverOptions(command);
  command
    .option('-i, --interactive', 'Ask for name, expiry and access in a terminal')
    .documents({
      reads: API_SETTINGS,
      examples: [
        [
          'create --name ci-deploy --access shop=read_branch,create_branch --ttl 30d',
          'A token for a CI pipeline, for one database and a month',
        ],
        ['create --name tryout --ttl 1h -e .env', 'One for an hour, its secret in .env only'],
      ],
    })
    .handles(() => (context) => runCreate(command.opts<CreateOptions>(), context));
  parent.addCommand(command);
}

export async function runCreate(options: CreateOptions, context: Context): Promise<Outcome> {
  refuseSecret(options.name ?? '', 'token name');
  if (options.interactive) return interactively(options, context);
  const access = plannedAccess(options, context);
  const expiry = ttlOf(options, context.clock.now());
  const organization = await organizationOf(context);
  const client = await context.client();
  await checkDatabases(access, organization, client, context);
  const handOver = await openHandOver(options, context, viewOf(organization, access.length > 0));
  try {
    const plan = { organization, name: options.name || undefined, ttl: expiry, access };
    const issued = await issueToken(plan, issuing(organization, client, context), handOver);
    return { printed: true, failure: await handOver.announce(issued) };
  } finally {
    await handOver.close();
  }
}

function interactively(options: CreateOptions, context: Context): Promise<Outcome> {
  const { access, force, expiresAt, dotenv, githubEnv, githubOutput } = options;
  if (
    [access, force, expiresAt, dotenv, options.export, githubEnv, githubOutput].some(
      (value) => value !== undefined,
    )
  ) {
    throw new Failure('INVALID_USAGE', text`--interactive asks for access and shows the secret by itself`, {
      hint: text`Only --name and --ttl can be given along with it.`,
    });
  }
  return runCreateInteractively(options, context);
}

function viewOf(organization: string, isWithAccess: boolean): TokenView {
  return (issued, place) => {
    const { token } = issued;
    const before = text`Service token ${labelOf(token)} was created in organization ${organization}.`;
    if (isWithAccess) return issuedTokenView(issued, place, before);
    const grant = commandLine(
      'add-access',
      token.id,
      '<access>',
      '--database',
      '<database>',
      '--org',
      organization,
    );
    return newTokenView(token, place, { before, advice: [text`Give it access with: ${grant}`] });
  };
}
