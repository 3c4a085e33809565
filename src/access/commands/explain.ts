import { mayBeHidden } from '../../api/failures.ts';
import type { Organization } from '../../api/organization.ts';
import { refuseSecret } from '../../api/path.ts';
import { command } from '../../cli/command.ts';
import { optionalArgument } from '../../cli/declaration.ts';
import { type Outcome, showing } from '../../cli/outcome.ts';
import type { Context } from '../../context.ts';
import { type OperationMeant, parseOperation } from '../../flags/holding.ts';
import { TOKEN, type TokenReference } from '../../flags/token.ts';
import { type Doubt, explanationOf } from '../../permissions/explanation.ts';
import { Failure, Interrupted } from '../../text/errors.ts';
import { type Text, text } from '../../text/text.ts';
import { showingAbilities } from '../../tokens/showing-abilities.ts';
import { readToken } from '../../tokens/token-lookup.ts';
import { explanationView } from '../../views/explanation.ts';
import { type GrantRow, grantRows } from '../../views/grants.ts';
import { undecidedNotes } from '../../views/permissions.ts';

export const accessExplain = command({
  name: 'explain',
  description:
    "Show what a service token may do, and which of its permissions allow it. With an operation, answer yes, no, perhaps or not published, by PlanetScale's published list. Which tokens can do an operation: list --for <operation>",
  arguments: {
    token: TOKEN,
    operation: optionalArgument(
      'operation',
      "What it may or may not do: '<database>=branch create', or an operation of the organization",
      (value) => {
        refuseSecret(value, 'operation');
        return parseOperation(value);
      },
    ),
  },
  examples: [
    ['access explain k3j9x0q2m7ab', 'What may this token do, and by which permissions?'],
    ['access explain k3j9x0q2m7ab shop=create_branch', 'May it create branches of shop?'],
  ],
  run: async ({ token, operation }, context) =>
    operation === undefined ? showingAbilities(token, context) : showingAnswer(token, operation, context),
});

/** What a token holds; where that cannot be read, though the token is there, why. */
type Held =
  | { readonly id: string; readonly rows: readonly GrantRow[] }
  | { readonly id: string; readonly rows: undefined; readonly why: Text };

async function showingAnswer(
  token: TokenReference,
  { database, requirement }: OperationMeant,
  context: Context,
): Promise<Outcome> {
  const organization = await context.organization();
  const held = await readToken(token, organization, context, async (id) => {
    context.progress.start(text`Fetching the permissions of service token ${id}`);
    return heldBy(id, organization);
  });
  const { answer, by, doubt } = explanationOf(held.rows, requirement, database);
  return showing(explanationView({ token: held.id, requirement, database, answer, by }), {
    notes: doubt === undefined ? [] : notesOn(doubt, held),
  });
}

async function heldBy(id: string, { grants, tokens }: Organization): Promise<Held> {
  try {
    return { id, rows: grantRows(await grants.list(id)) };
  } catch (failure) {
    if (!mayBeHidden(failure) || !(await isThere(() => tokens.get(id)))) throw failure;
    // A missing permission looks like a missing token, which this one is not.
    const why = failure.code === 'NOT_FOUND' ? text`the API does not show them` : failure.text;
    return { id, rows: undefined, why };
  }
}

/** Where that cannot be found out either, nothing is known of the token. */
async function isThere(look: () => Promise<unknown>): Promise<boolean> {
  try {
    await look();
    return true;
  } catch (failure) {
    if (failure instanceof Interrupted || !(failure instanceof Failure)) throw failure;
    return false;
  }
}

function notesOn(doubt: Doubt, held: Held): readonly Text[] {
  switch (doubt) {
    case 'unreadable':
      return held.rows === undefined
        ? [text`Note: the permissions of service token ${held.id} could not be read: ${held.why}.`]
        : [];
    case 'unknown grants':
      return undecidedNotes(held.rows ?? []);
    case 'on databases only':
      return [
        text`Note: the list names permissions of databases, and does not say which databases such a call then covers.`,
      ];
  }
}
