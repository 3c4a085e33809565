import type { CreatedServiceToken } from '../api/schemas.ts';
import { PROGRAM } from '../command-line.ts';
import type { Context } from '../context.ts';
import { Failure } from '../errors.ts';
import { deletion } from '../operations/token-fate.ts';
import type { Settings } from '../settings/resolve.ts';
import { tokenVariables } from '../sinks/token-variables.ts';
import { type Text, text } from '../text.ts';
import { organizationOf } from './arguments.ts';
import { withoutCredentials } from './child-variables.ts';
import { API_SETTINGS, type CliCommand, type Outcome } from './command.ts';
import { addExpiryOptions, type ExpiryOptions, ttlOf } from './expiry.ts';
import { issuing } from './issuing.ts';
import { type AccessOptions, addAccessOptions, checkDatabases, plannedAccess } from './planned-access.ts';

type ExecOptions = AccessOptions & ExpiryOptions;

/** Seconds that a token lives if nothing deletes it, not even this program. */
const HOUR = 3_600;

export function addExecCommand(parent: CliCommand): void {
  const command = parent.createCommand('exec');
  command
    .description(
      "Run one command with a service token of its own: made for it, put into its environment, and deleted when it ends, however it ends. Ends with the command's status; 125 if no token could be made, 126 or 127 if the command cannot be run.",
    )
    .usage('[options] -- <command...>')
    .argument('<command...>', 'The command and its arguments');
  addAccessOptions(command);
  addExpiryOptions(command, 'an hour by default');
  command
    .documents({
      reads: API_SETTINGS,
      examples: [
        ['exec --access shop=read_branch,create_branch -- ./deploy.sh', 'A token that exists while it runs'],
        [
          'exec --access shop=connect_branch --ttl 10m -- npm test',
          'One that is void after ten minutes, whatever happens to this machine',
        ],
      ],
    })
    .wraps()
    .handles(
      (...words) =>
        (context) =>
          runExec({ ...command.opts<ExecOptions>(), words }, context),
    );
  parent.addCommand(command);
}

export async function runExec(
  options: ExecOptions & { words: readonly string[] },
  context: Context,
): Promise<Outcome> {
  const access = plannedAccess(options, context);
  if (access.length === 0) {
    throw new Failure('INVALID_USAGE', text`exec needs --access: what may the command do?`, {
      hint: text`Such as --access shop=read_branch.`,
    });
  }
  if (options.words[0] === '') {
    throw new Failure('INVALID_USAGE', text`the command to run is empty`, {
      hint: text`Is a variable of your shell not set?`,
    });
  }
  const ttl = ttlOf(options, context.clock.now(), HOUR);
  if (ttl === undefined) {
    throw new Failure('INVALID_USAGE', text`exec makes no token that works for ever`, {
      hint: text`Give a --ttl that the command surely ends in: it bounds the harm if the token cannot be deleted.`,
    });
  }
  const organization = await organizationOf(context);
  const client = await context.client();
  await checkDatabases(access, organization, client, context);
  const settings = await context.settings();
  const { runWithToken } = await import('../operations/run-with-token.ts');
  const { status, failure, leftBehind } = await runWithToken(
    { organization, name: nameFor(options.words), ttl, access },
    {
      words: options.words,
      variables: (token) => childVariables(token, organization, settings, context),
      sharesTerminal: context.io.hasTerminal,
      onStart: () => context.progress.stop(),
    },
    issuing(organization, client, context),
  );
  if (leftBehind) context.warn(notDeleted(leftBehind, organization));
  return { relayedStatus: status, ...(failure && { failure }) };
}

function notDeleted({ id, expires_at }: CreatedServiceToken, organization: string): Text {
  const end = expires_at === null ? text`it may never expire` : text`it works until ${expires_at}`;
  return text`service token ${id} may still exist; ${end}. Delete it with: ${deletion(organization, id)}`;
}

/** Long enough to tell what it was for, short enough for a list. */
const LONGEST_COMMAND = 60;

/** A name that says what the token was made for, and by which `prune` finds it. */
function nameFor(words: readonly string[]): string {
  // Arguments may hold secrets; the command's own name does not.
  const [command = ''] = words;
  const name = command
    .replace(/^.*[/\\]/, '')
    .replace(/\p{Cc}/gu, '')
    .slice(0, LONGEST_COMMAND);
  return `${PROGRAM} exec ${name}`;
}

function childVariables(
  token: CreatedServiceToken,
  organization: string,
  { apiUrl }: Settings,
  context: Context,
): Record<string, string | undefined> {
  return {
    ...withoutCredentials(context.environment.variables),
    // What a flag or a file says would be lost on the command.
    ...(apiUrl.source.kind !== 'default' && { PLANETSCALE_API_URL: apiUrl.value.href.replace(/\/$/, '') }),
    PLANETSCALE_ORG: organization,
    ...Object.fromEntries(tokenVariables(token)),
  };
}
