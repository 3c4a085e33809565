import type { Context } from '../context.ts';
import { Failure } from '../errors.ts';
import { heldAccess, removeAccess } from '../operations/remove-access.ts';
import type { Result } from '../output/result.ts';
import { outcome } from '../output/views/outcome.ts';
import { listed, text } from '../text.ts';
import { checkAccessNames, doubtAbout } from './access-names.ts';
import { addScopeOptions, describeScope, resolveScope, type ScopeOptions } from './access-scope.ts';
import { organizationOf } from './arguments.ts';
import { API_SETTINGS, type CliCommand } from './command.ts';
import { parseTokenReference, resolveTokenId, TOKEN_ARGUMENT } from './token-reference.ts';

interface DeleteAccessOptions extends ScopeOptions {
  readonly all?: boolean;
}

export function addDeleteAccessCommand(parent: CliCommand): void {
  const command = parent.createCommand('delete-access');
  command
    .description('Remove accesses that a service token holds on a database or the organization.')
    .argument('<token-id>', TOKEN_ARGUMENT)
    .argument('[access...]', 'Names of accesses, such as read_branch')
    .option('--all', 'Remove everything the token holds there');
  addScopeOptions(command, 'Remove');
  command
    .documents({
      reads: [...API_SETTINGS, 'database'],
      examples: [
        ['delete-access k3j9x0q2m7ab delete_branch --database shop', 'Take one access away'],
        ['delete-access k3j9x0q2m7ab --all --database shop', 'Take away all it holds on a database'],
      ],
    })
    .handles(
      (tokenId = '', ...names) =>
        (context) =>
          runDeleteAccess({ ...command.opts<DeleteAccessOptions>(), tokenId, names }, context),
    );
  parent.addCommand(command);
}

export async function runDeleteAccess(
  options: DeleteAccessOptions & { tokenId: string; names: readonly string[] },
  context: Context,
): Promise<Result> {
  const reference = parseTokenReference(options.tokenId);
  const named = checkAccessNames(options.names);
  checkSelection(named, options.all ?? false);
  const database = await resolveScope(options, context);
  for (const name of named) {
    const doubt = doubtAbout(name, database === '' ? 'organization' : 'database');
    if (doubt) context.warn(text`${doubt.message}. ${doubt.certain ? doubt.mend : 'It is sent as typed.'}`);
  }
  const organization = await organizationOf(context);
  const client = await context.client();
  const id = await resolveTokenId(reference, organization, client, context.progress);
  context.progress.start(text`Removing access on ${describeScope(database)} from token ${id}`);
  const access = options.all ? await heldAccess(client, organization, id, database) : named;
  if (access.length === 0) return nothingToRemove(id, database);
  await removeAccess(client, organization, id, { database, access });
  const perms = access.join(',');
  return outcome(
    { perms, result: 'access removed' },
    { Result: 'access removed', Perms: perms },
    text`${listed(access)} ${access.length === 1 ? 'has' : 'have'} been removed on ${describeScope(database)}.`,
  );
}

function checkSelection(named: readonly string[], all: boolean): void {
  if (all && named.length > 0) {
    throw new Failure(
      'INVALID_USAGE',
      text`--all takes everything away; ${listed(named)} would be only a part`,
      {
        hint: text`Leave out either --all or the names.`,
      },
    );
  }
  if (!all && named.length === 0) {
    throw new Failure('INVALID_USAGE', text`missing argument: <access>`, {
      hint: text`Name the accesses to remove, or give --all to remove everything the token holds there.`,
    });
  }
}

function nothingToRemove(id: string, database: string): Result {
  return outcome(
    { perms: '', result: 'nothing to remove' },
    { Result: 'nothing to remove', Perms: '' },
    text`Service token ${id} holds nothing on ${describeScope(database)}.`,
  );
}
