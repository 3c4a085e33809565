import type { Organization } from '../api/organization.ts';
import type { ServiceToken } from '../api/schemas.ts';
import { command, QUIET, WEB } from '../cli/command.ts';
import { switchFlag } from '../cli/declaration.ts';
import { endOf } from '../cli/outcome.ts';
import type { Context } from '../context.ts';
import { COLUMNS, inOrder, SORT } from '../flags/columns.ts';
import { FILTERS, matches, timeFor, unknownTo } from '../flags/filters.ts';
import { QUESTIONS, type Question } from '../flags/holding.ts';
import { showingOrIds } from '../flags/quiet.ts';
import { Failure } from '../text/errors.ts';
import { type Text, text, unstyled } from '../text/text.ts';
import { existenceOf } from '../tokens/databases.ts';
import { readGrants } from '../tokens/read-grants.ts';
import { reading } from '../tokens/reading.ts';
import { markOf } from '../tokens/rotation-mark.ts';
import { type TokenMatch, tokenList } from '../views/tokens.ts';
import { showingDashboard } from './dashboard.ts';

export const list = command({
  name: 'list',
  description: 'List all service tokens in the organization, or only those that match all filters.',
  flags: {
    filters: FILTERS,
    question: QUESTIONS,
    sort: SORT,
    quiet: QUIET,
    web: WEB,
    columns: COLUMNS,
    failIfAny: switchFlag('--fail-if-any', 'Exit with status 3 if any token is listed, as a check'),
  },
  examples: [
    ['list --org acme', 'Every token, and when it was last used'],
    ['list --expires-within 7d --fail-if-any', 'As a daily check: what expires this week?'],
  ],
  run: async ({ filters, question, sort, quiet, columns, failIfAny, web }, context) => {
    if (web) return showingDashboard(context);
    const organization = await context.organization();
    context.progress.start(text`Fetching service tokens from org ${organization.name}`);
    const all = await organization.tokens.list();
    const now = filters ? await timeFor(filters, organization) : 0;
    const matching = filters ? all.filter((token) => matches(token, filters, now)) : all;
    const answered = question && (await answers(question, matching, organization, context));
    // Where nothing matches, the reason may be that the database is not there.
    if (question && answered?.size === 0) {
      for (const database of question.databases) await existenceOf(database, organization, context);
    }
    const listed = answered ? matching.filter(({ id }) => answered.has(id)) : matching;
    const tokens = sort ? inOrder(listed, sort) : listed;
    const whenEmpty = all.length === 0 ? undefined : noneOf(all.length);
    const shown = tokenList(tokens, { columns, whenEmpty, matches: answered });
    const ids = tokens.map(({ id }) => id);
    const unread = [...(answered?.values() ?? [])].filter((match) => match === 'unknown').length;
    if (unread > 0) return showingOrIds(quiet, ids, shown, { end: endOf(unreadable(unread)) });
    // What a rotation lets expire is meant to: no reason for an alarm.
    const isAlarming = (token: ServiceToken): boolean =>
      filters?.expiresWithin === undefined || markOf(token, all) === undefined;
    const found = failIfAny && tokens.some(isAlarming);
    const unknown = unknownTo(filters, all, now);
    // A check that does not know has not found that nothing is the matter.
    if (unknown && failIfAny) {
      return showingOrIds(quiet, ids, shown, { end: endOf(new Failure('COMMAND_FAILED', unknown)) });
    }
    return showingOrIds(quiet, ids, shown, {
      notes: unknown ? [text`Note: ${unknown}.`] : [],
      end: { kind: found ? 'found something' : 'done' },
    });
  },
});

function noneOf(count: number): Text {
  return count === 1
    ? text`The only service token does not match.`
    : text`None of the ${unstyled(count)} service tokens match.`;
}

/** The tokens of which the question is true, or may be, by their ids. */
async function answers(
  question: Question,
  tokens: readonly ServiceToken[],
  organization: Organization,
  context: Context,
): Promise<ReadonlyMap<string, TokenMatch>> {
  const ids = tokens.map(({ id }) => id);
  const work = reading(text`Reading the permissions of service tokens`, context);
  const read = await readGrants(ids, organization, work);
  const found = new Map<string, TokenMatch>();
  for (const id of ids) {
    const held = read.get(id);
    const match =
      held?.kind === 'read' ? question.ask(held.grants) : held?.kind === 'gone' ? 'no' : 'unknown';
    if (match !== 'no') found.set(id, match);
  }
  return found;
}

function unreadable(count: number): Failure {
  const tokens = count === 1 ? text`1 service token` : text`${unstyled(count)} service tokens`;
  return new Failure(
    'COMMAND_FAILED',
    text`the permissions of ${tokens} could not be read: shown as unknown`,
  );
}
