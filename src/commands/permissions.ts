import type { Context } from '../context.ts';
import { Failure } from '../errors.ts';
import type { Result } from '../output/result.ts';
import { abilityList, permissionList, requirementList } from '../output/views/permissions.ts';
import { abilitiesOf } from '../permissions/abilities.ts';
import { findOperations, searchPermissions } from '../permissions/search.ts';
import { type Text, text } from '../text.ts';
import { organizationOf } from './arguments.ts';
import { API_SETTINGS, type CliCommand } from './command.ts';
import { grantRows } from './grant-rows.ts';
import { parseTokenReference, resolveTokenId } from './token-reference.ts';

interface PermissionsOptions {
  /** An operation whose accesses are asked for. */
  readonly for?: string;
  /** A token whose abilities are asked for. */
  readonly of?: string;
}

export function addPermissionsCommand(parent: CliCommand): void {
  const command = parent.createCommand('permissions');
  command
    .description(
      'Look up the permissions a token can hold, which of them an operation needs, or what a token can do.',
    )
    .argument('[word...]', 'Words that a permission has to be about')
    .option(
      '--for <operation>',
      'Which permissions allow this: words such as "branch create", or a call of the API',
    )
    .option('--of <token-id>', 'What this token can do, in operations; also name:<its exact name>')
    .documents({
      reads: API_SETTINGS,
      examples: [
        ['permissions --for create_branch', 'Which permissions allow to create a branch? Any one of them'],
        ['permissions --of k3j9x0q2m7ab', 'What can this token do, and where?'],
      ],
    })
    .handles(
      (...words) =>
        (context) =>
          runPermissions({ ...command.opts<PermissionsOptions>(), words }, context),
    );
  parent.addCommand(command);
}

export async function runPermissions(
  options: PermissionsOptions & { words: readonly string[] },
  context: Context,
): Promise<Result> {
  const { words, for: operation, of: tokenId } = options;
  const questions = [words.length > 0, operation !== undefined, tokenId !== undefined].filter(Boolean);
  if (questions.length > 1) {
    throw new Failure('INVALID_USAGE', text`words, --for and --of are three questions`, {
      hint: text`Ask one at a time.`,
    });
  }
  if (operation !== undefined) return requiredFor(operation);
  if (tokenId !== undefined) return abilities(tokenId, context);
  return permissionList(searchPermissions(words));
}

function requiredFor(operation: string): Result {
  const found = findOperations(operation);
  if (found.length === 0) {
    throw new Failure('INVALID_USAGE', text`no operation is like ${operation}`, {
      hint: text`Name one like "branch create", create_branch or "GET /organizations/{organization}/databases".`,
    });
  }
  const notes: Text[] = found.every(({ published }) => published) ? [] : [LIKELY_NOTE];
  return requirementList(found, notes);
}

const LIKELY_NOTE: Text = text`Note: where Published is No, PlanetScale does not say; the accesses are the likely ones.`;

async function abilities(tokenId: string, context: Context): Promise<Result> {
  const reference = parseTokenReference(tokenId);
  const organization = await organizationOf(context);
  const client = await context.client();
  const id = await resolveTokenId(reference, organization, client, context.progress);
  context.progress.start(text`Fetching service token ${id} from org ${organization}`);
  return abilityList(id, abilitiesOf(grantRows(await client.listGrants(organization, id))));
}
