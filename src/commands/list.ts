import type { ServiceToken } from '../api/schemas.ts';
import { command } from '../cli/command.ts';
import { switchFlag } from '../cli/declaration.ts';
import { endOf, showing } from '../cli/outcome.ts';
import { Failure } from '../errors.ts';
import { COLUMNS, inOrder, SORT } from '../flags/columns.ts';
import { FILTERS, matches, unknownTo } from '../flags/filters.ts';
import { markOf } from '../rotation-mark.ts';
import { type Text, text, unstyled } from '../text.ts';
import { tokenList } from '../views/tokens.ts';

export const list = command({
  name: 'list',
  description: 'List all service tokens in the organization, or only those that match all filters.',
  flags: {
    filters: FILTERS,
    sort: SORT,
    columns: COLUMNS,
    failIfAny: switchFlag('--fail-if-any', 'Exit with status 3 if any token is listed, as a check'),
  },
  examples: [
    ['list --org acme', 'Every token, and when it was last used'],
    ['list --expires-within 7d --fail-if-any', 'As a daily check: what expires this week?'],
  ],
  run: async ({ filters, sort, columns, failIfAny }, context) => {
    const organization = await context.organization();
    context.progress.start(text`Fetching service tokens from org ${organization.name}`);
    const all = await organization.tokens.list();
    const now = context.clock.now();
    const matching = filters ? all.filter((token) => matches(token, filters, now)) : all;
    const tokens = sort ? inOrder(matching, sort) : matching;
    const whenEmpty = all.length === 0 ? undefined : noneOf(all.length);
    // What a rotation lets expire is meant to: no reason for an alarm.
    const isAlarming = (token: ServiceToken): boolean =>
      filters?.expiresWithin === undefined || markOf(token, all) === undefined;
    const found = failIfAny && tokens.some(isAlarming);
    const unknown = unknownTo(filters, all, now);
    // A check that does not know has not found that nothing is the matter.
    if (unknown && failIfAny) {
      const failure = new Failure('COMMAND_FAILED', unknown);
      return showing(tokenList(tokens, { columns, whenEmpty }), { end: endOf(failure) });
    }
    return showing(tokenList(tokens, { columns, whenEmpty }), {
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
