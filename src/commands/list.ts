import type { Context } from '../context.ts';
import type { Result } from '../output/result.ts';
import { tokenList } from '../output/views/tokens.ts';
import { text } from '../text.ts';
import { organizationOf } from './arguments.ts';
import { API_SETTINGS, type CliCommand } from './command.ts';

interface ListOptions {
  readonly failIfAny?: boolean;
}

export function addListCommand(parent: CliCommand): void {
  const command = parent.createCommand('list');
  command
    .summary('List the service tokens of the organization')
    .description('List all service tokens of the organization.')
    .option('--fail-if-any', 'End with status 3 if there is any token, as a check')
    .documents({
      reads: API_SETTINGS,
      examples: [
        ['list --org acme', 'Every token, and when it was last used'],
        ['list --format csv > tokens.csv', 'For a spreadsheet; times are Unix milliseconds'],
      ],
    })
    .handles(() => (context) => runList(command.opts<ListOptions>(), context));
  parent.addCommand(command);
}

export async function runList({ failIfAny = false }: ListOptions, context: Context): Promise<Result> {
  const organization = await organizationOf(context);
  const client = await context.client();
  context.progress.start(text`Fetching service tokens from org ${organization}`);
  const tokens = await client.listServiceTokens(organization);
  return { ...tokenList(tokens), found: failIfAny && tokens.length > 0 };
}
