import type { Organization } from '../api/organization.ts';
import type { ServiceToken } from '../api/schemas.ts';
import { command } from '../cli/command.ts';
import { type Outcome, showing } from '../cli/outcome.ts';
import type { Context } from '../context.ts';
import { FORCE } from '../flags/force.ts';
import { refuseTokenInUse, SELF, TOKENS, type TokenReference } from '../flags/token.ts';
import type { Result } from '../output/result.ts';
import { Failure } from '../text/errors.ts';
import { lines, listed, type Text, text, toned, unstyled } from '../text/text.ts';
import { deleteToken } from '../tokens/delete-token.ts';
import { confirmDeletion, deleteAll } from '../tokens/deleting.ts';
import { namedOrChosen } from '../tokens/token-choice.ts';
import { changeToken, resolveTokenId, resolveTokens } from '../tokens/token-lookup.ts';
import { readReferences } from '../tokens/token-stdin.ts';
import type { ApiTime } from '../values/api-time.ts';
import { relativeTime } from '../values/time.ts';
import { outcome } from '../views/outcome.ts';
import { type PrunedTokenRow, pruning } from '../views/pruning.ts';

export const deleteCommand = command({
  name: 'delete',
  description: 'Delete service tokens for good. Asks for confirmation on a terminal only.',
  arguments: { tokens: TOKENS },
  flags: { force: FORCE, self: SELF },
  changes: true,
  endsAccess: true,
  examples: [
    ['delete k3j9x0q2m7ab --org acme', 'Asks for confirmation when run by hand'],
    [
      'delete k3j9x0q2m7ab name:tryout --force',
      'Does not ask; of several none is deleted unless all are found',
    ],
  ],
  run: async ({ tokens, force, self }, context) => {
    const isFromStdin = tokens.kind === 'stdin';
    // What is on stdin is no terminal's answer: nobody can be asked then.
    if (isFromStdin && !force) throw cannotConfirm(text`the tokens that stdin names`, context);
    const references = isFromStdin ? await readReferences(context) : tokens.references;
    const [first, ...others] = references;
    const isOne = !isFromStdin && others.length === 0;
    // As the official CLI does, one token is deleted unasked in a script: where no person types, and nothing says no.
    const goesAhead = force ?? (isOne && !context.io.stdinIsTerminal);
    const one = isOne ? await namedOrChosen(first, context) : undefined;
    if (!goesAhead && !context.io.interactive) {
      const several = text`${unstyled(references.length)} service tokens`;
      throw cannotConfirm(one ? text`a service token` : several, context);
    }
    if (one) return deleteOne(one, goesAhead, self, context);
    if (references.length === 0) return showing(plannedOf([], NONE_NAMED));
    return deleteSeveral(references, goesAhead, self, context);
  },
});

function cannotConfirm(what: Text, { io }: Context): Failure {
  return new Failure(
    'CONFIRMATION_REQUIRED',
    text`cannot confirm the deletion of ${what} (run with --force to override)`,
    io.stdinIsTerminal ? { hint: text`stderr is not a terminal, so the question cannot be shown.` } : {},
  );
}

async function deleteOne(
  token: TokenReference,
  force: boolean,
  self: boolean,
  context: Context,
): Promise<Outcome> {
  const organization = await context.organization();
  const id = await resolveTokenId(token, organization, context);
  refuseTokenInUse(id, organization, self);
  await changeToken(token, organization, async () => {
    if (!force) await confirmed(id, organization, context);
    context.progress.start(text`Deleting service token ${id}`);
    await deleteToken(organization, id);
  });
  return showing(
    outcome(
      { result: 'token deleted' },
      { Result: 'token deleted' },
      text`Token ${id} ${toned('done', 'was successfully deleted')}.`,
    ),
  );
}

const NONE_NAMED: Text = text`stdin names no service token: nothing was deleted.`;

function plannedOf(tokens: readonly ServiceToken[], whenEmpty: Text): Result {
  const rows = tokens.map((token): PrunedTokenRow => ({ token, outcome: 'planned' }));
  return pruning(rows, { applied: true, whenEmpty, after: text`` });
}

/** Every word is looked up before the first deletion: of those who cannot be found, none is worth a guess. */
async function deleteSeveral(
  references: readonly TokenReference[],
  force: boolean,
  self: boolean,
  context: Context,
): Promise<Outcome> {
  const organization = await context.organization();
  const tokens = await resolveTokens(references, organization, context);
  for (const { id } of tokens) refuseTokenInUse(id, organization, self);
  if (!force) await confirmDeletion(organization.name, plannedOf(tokens, text``), tokens.length, context);
  // A token that deletes itself could not delete what comes behind it.
  const inUse = organization.tokenInUse?.value;
  const inOrder = [...tokens].sort((one, other) => Number(one.id === inUse) - Number(other.id === inUse));
  return deleteAll(
    inOrder.map((token) => ({ token, left: 'matching' })),
    organization,
    context,
  );
}

/** @throws Failure CANCELLED for a no, and NOT_FOUND before anything is asked */
async function confirmed(id: string, organization: Organization, context: Context): Promise<void> {
  context.progress.start(text`Fetching service token ${id} from org ${organization.name}`);
  const details = await whatIsLost(id, organization, context.time);
  const prompter = await context.prompter();
  const question = text`Delete it? Anything using it will lose access.`;
  if (await prompter.confirm(lines(details, question))) return;
  throw new Failure('CANCELLED', text`service token ${id} was not deleted`);
}

/** The token in a sentence: its name, when it was used, and where it has access. */
async function whatIsLost(id: string, { name, tokens, grants }: Organization, time: ApiTime): Promise<Text> {
  try {
    const [token, held] = await Promise.all([tokens.get(id), grants.list(id)]);
    const label = token.name === null ? text`` : text` (${token.name})`;
    const used =
      token.last_used_at === null
        ? text`never used`
        : text`last used ${unstyled(relativeTime(Date.parse(token.last_used_at), time.now()))}`;
    const resources = held.map((grant) => grant.resource_name ?? 'an unknown resource');
    const reach = resources.length === 0 ? text`no permissions` : text`has access to ${listed(resources)}`;
    return text`Service token ${id}${label} in ${name}: ${used}, ${reach}.`;
  } catch (failure) {
    // Whoever may delete tokens need not be allowed to look at them.
    if (failure instanceof Failure && failure.code === 'FORBIDDEN') {
      return text`Service token ${id} in ${name}; you are not allowed to view its permissions.`;
    }
    throw failure;
  }
}
