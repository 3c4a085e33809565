import type { Context } from '../context.ts';
import type { Result } from '../output/result.ts';
import { type TokenColumn, tokenList } from '../output/views/tokens.ts';
import { type Text, text, unstyled } from '../text.ts';
import { organizationOf } from './arguments.ts';
import { API_SETTINGS, type CliCommand } from './command.ts';
import { inOrder, parseColumns, parseOrder, type TokenOrder } from './token-columns.ts';
import { addFilterOptions, passes, type TokenFilters } from './token-filters.ts';

interface ListOptions extends TokenFilters {
  readonly sort?: TokenOrder;
  readonly columns?: readonly TokenColumn[];
  readonly failIfAny?: boolean;
}

export function addListCommand(parent: CliCommand): void {
  const command = parent.createCommand('list');
  command.description('List all service tokens of the organization, or those that pass every filter given.');
  addFilterOptions(command);
  command
    .option(
      '--sort <column>',
      'Put them in order by id, name, last-used-at, expires-at or created-at; created-at:desc turns it round; what is never or missing comes last',
      parseOrder,
    )
    .option(
      '--columns <columns>',
      'Show only these columns, in this order, such as id,name (not in JSON)',
      parseColumns,
    )
    .option('--fail-if-any', 'End with status 3 if any token is listed, as a check')
    .documents({
      reads: API_SETTINGS,
      examples: [
        ['list --org acme', 'Every token, and when it was last used'],
        ['list --expires-within 7d --fail-if-any', 'As a daily check: what stops working this week?'],
      ],
    })
    .handles(() => (context) => runList(command.opts<ListOptions>(), context));
  parent.addCommand(command);
}

export async function runList(options: ListOptions, context: Context): Promise<Result> {
  const { sort, columns, failIfAny = false } = options;
  const organization = await organizationOf(context);
  const client = await context.client();
  context.progress.start(text`Fetching service tokens from org ${organization}`);
  const all = await client.listServiceTokens(organization);
  const now = context.clock.now();
  const passing = all.filter((token) => passes(token, options, now));
  const tokens = sort ? inOrder(passing, sort) : passing;
  const whenEmpty: { whenEmpty?: Text } = all.length === 0 ? {} : { whenEmpty: noneOf(all.length) };
  return { ...tokenList(tokens, { columns, ...whenEmpty }), found: failIfAny && tokens.length > 0 };
}

function noneOf(count: number): Text {
  return count === 1
    ? text`The only service token is not like that.`
    : text`None of the ${unstyled(count)} service tokens is like that.`;
}
