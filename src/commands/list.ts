import type { Context } from '../context.ts';
import type { Result } from '../output/result.ts';
import { tokenList } from '../output/views/tokens.ts';
import { text } from '../text.ts';
import { organizationOf } from './arguments.ts';
import { API_SETTINGS, type CliCommand } from './command.ts';

export function addListCommand(parent: CliCommand): void {
  parent.addCommand(
    parent
      .createCommand('list')
      .summary('List the service tokens of the organization')
      .description('List all service tokens of the organization.')
      .documents({
        reads: API_SETTINGS,
        examples: [
          ['list --org acme', 'Every token, and when it was last used'],
          ['list --format csv > tokens.csv', 'For a spreadsheet; times are Unix milliseconds'],
        ],
      })
      .handles(() => runList),
  );
}

export async function runList(context: Context): Promise<Result> {
  const organization = await organizationOf(context);
  const client = await context.client();
  context.progress.start(text`Fetching service tokens from org ${organization}`);
  return tokenList(await client.listServiceTokens(organization));
}
