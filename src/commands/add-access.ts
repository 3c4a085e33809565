import type { AccessChange } from '../api/client.ts';
import { API_SETTINGS, command } from '../cli/command.ts';
import { showing } from '../cli/outcome.ts';
import { AS_TYPED } from '../flags/access-names.ts';
import { accessPlan, BREADTH, checkBreadth } from '../flags/access-plan.ts';
import { ACCESS_WORDS, refuseIdleScope } from '../flags/access-words.ts';
import { operationsFlag } from '../flags/operations.ts';
import { resolveScope, scopeFlags } from '../flags/scope.ts';
import { OPTIONAL_TOKEN } from '../flags/token.ts';
import { bar } from '../output/progress.ts';
import type { Spelling } from '../permissions/permission-doubt.ts';
import { ORGANIZATION_LEVEL } from '../permissions/scope.ts';
import { commandLine } from '../text/command-line.ts';
import { Failure } from '../text/errors.ts';
import { listed, type Text, text, unstyled } from '../text/text.ts';
import { checkDatabases } from '../tokens/databases.ts';
import { type GrantEvent, grantSeveral } from '../tokens/grant-several.ts';
import { settledAccess } from '../tokens/settled-access.ts';
import { namedOrChosen } from '../tokens/token-choice.ts';
import { changeToken, resolveTokenId } from '../tokens/token-lookup.ts';
import { gatheredRows, grantList, productionAdvice } from '../views/grants.ts';
import { editAccess } from './edit.ts';

const asWord: Spelling = (name, scope) =>
  `add-access <token-id> ${scope === 'database' ? `<database>=${name}` : `${name} --organization-level`}`;

export const addAccess = command({
  name: 'add-access',
  description:
    'Grant a service token permissions on a database or the organization, and show all that it then has.',
  arguments: { token: OPTIONAL_TOKEN, access: ACCESS_WORDS },
  flags: {
    scope: scopeFlags('Grant'),
    operations: operationsFlag(asWord),
    force: AS_TYPED,
    breadth: BREADTH,
  },
  reads: [...API_SETTINGS, 'database'],
  changes: true,
  examples: [
    ['add-access k3j9x0q2m7ab read_branch create_branch --database shop', 'View and create branches of shop'],
    ['add-access k3j9x0q2m7ab shop=read_branch,create_branch read_databases', 'In several places at once'],
  ],
  run: async ({ token, access, scope, operations, force, breadth }, context) => {
    const words = [...access, ...operations.words];
    if (words.length === 0) {
      // On a terminal, what was left out is chosen from lists, as edit does.
      if (context.io.interactive) return editAccess({ token, scope }, context);
      throw missing(token ? '<access>' : '<token-id>');
    }
    checkBreadth(words, breadth);
    refuseIdleScope(words, scope);
    const isUnsaid = words.some((word) => word.scope.kind === 'unsaid');
    const unsaid = isUnsaid ? await resolveScope(scope, context) : ORGANIZATION_LEVEL;
    const plan = accessPlan(words, unsaid, { asTyped: force, warn: context.warn });
    // Only --for leaves the token out and says what to grant.
    const reference = await namedOrChosen(token, context);
    const organization = await context.organization();
    const id = await resolveTokenId(reference, organization, context);
    // One grant is refused by itself where its database is missing; of several the first ones would have been made.
    if (!force && plan.changes.length > 1) await checkDatabases(plan.changes, organization, context);
    const changes = await settledAccess(plan, breadth, organization, context);
    for (const note of operations.notes) context.note(note);
    const names = [...new Set(changes.flatMap((change) => change.access))];
    context.progress.start(text`Adding access ${listed(names)} to token ${id}`);
    const work = {
      ...context,
      onEvent: (event: GrantEvent) => context.progress.update(progressOf(event, id)),
    };
    const rows = await changeToken(reference, organization, () =>
      grantSeveral(organization, id, changes, work),
    );
    const granted = changes.length > 1 ? [summary(changes, id)] : [];
    return showing(grantList(id, gatheredRows(rows)), { notes: [...granted, ...productionAdvice(names)] });
  },
});

function missing(argument: string): Failure {
  return new Failure('INVALID_USAGE', text`missing argument: ${unstyled(argument)}`, {
    hint: text`Usage: ${commandLine('add-access')} [options] <token-id> <access>...`,
  });
}

function progressOf({ done, total }: GrantEvent, id: string): Text {
  return text`Adding access to token ${id} ${unstyled(bar(done, total))}`;
}

function summary(changes: readonly AccessChange[], id: string): Text {
  const databases = changes.filter(({ database }) => database !== ORGANIZATION_LEVEL).length;
  const where = [
    ...(databases === 0
      ? []
      : [text`${unstyled(databases)} ${databases === 1 ? text`database` : text`databases`}`]),
    ...(databases === changes.length ? [] : [text`the organization`]),
  ];
  return text`Service token ${id} was granted permissions on ${listed(where, text` and `)}.`;
}
