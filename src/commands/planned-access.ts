import type { AccessChange, Client } from '../api/client.ts';
import { checkName } from '../api/path.ts';
import type { Context } from '../context.ts';
import { Failure } from '../errors.ts';
import { type Text, text } from '../text.ts';
import { checkAccessNames, refuseMistakes, type Spelling } from './access-names.ts';
import type { CliCommand } from './command.ts';

/** The accesses that a new token is to hold. */
export interface AccessOptions {
  /** Each `[<database>=]<permission>[,<permission>...]`. */
  readonly access?: readonly string[];
  readonly force?: boolean;
}

export function addAccessOptions(command: CliCommand): void {
  command
    .option(
      '--access <access>',
      'What it may do: <database>=read_branch,create_branch, or read_databases on the organization; repeatable',
      (value, others: readonly string[] = []) => [...others, value],
    )
    .option('--force', 'Send names that look like a mistake as they are typed');
}

/**
 * The accesses of all `--access`, scope by scope, each once.
 *
 * @throws Failure INVALID_USAGE for what cannot be meant, and for mistakes unless `--force`
 */
export function plannedAccess(
  { access = [], force = false }: AccessOptions,
  context: Pick<Context, 'warn'>,
): AccessChange[] {
  const byDatabase = new Map<string, string[]>();
  for (const value of access) {
    const { database, names } = parseAccess(value);
    byDatabase.set(database, [...(byDatabase.get(database) ?? []), ...names]);
  }
  return [...byDatabase].map(([database, given]) => {
    const names = checkAccessNames(
      given,
      'Put a comma and nothing else between two: read_branch,create_branch',
    );
    if (!force) refuseMistakes(names, database, context, asAccessFlag);
    return { database, access: names };
  });
}

const asAccessFlag: Spelling = (name, scope) =>
  `--access ${scope === 'database' ? '<database>=' : ''}${name}`;

function parseAccess(value: string): { database: string; names: string[] } {
  if (value.includes(':')) {
    throw new Failure('INVALID_USAGE', text`--access ${value} holds a colon, which no access has`, {
      hint: text`Write <database>=<permission>: ${value.replace(':', '=')}`,
    });
  }
  const [, database, list = ''] = /^(?:([^=]*)=)?(.*)$/s.exec(value) ?? [];
  if (database === '' || list === '') {
    throw new Failure(
      'INVALID_USAGE',
      text`--access ${value || '""'} names no ${list === '' ? text`permission` : text`database`}`,
      {
        hint: text`Write <database>=<permission>,<permission>, or <permission> alone for the organization. Is a variable of your shell not set?`,
      },
    );
  }
  const names = list.split(',');
  return { database: database === undefined ? '' : checkName(database, 'database name'), names };
}

/**
 * Looks whether the databases are there, before anything is made. Under a service token a 404 proves
 * nothing: then it is a warning, and granting decides.
 *
 * @throws Failure NOT_FOUND
 */
export async function checkDatabases(
  plan: readonly AccessChange[],
  organization: string,
  client: Client,
  context: Pick<Context, 'warn' | 'progress'>,
): Promise<void> {
  const names = plan.map(({ database }) => database).filter((database) => database !== '');
  if (names.length > 0) context.progress.start(text`Looking up databases of org ${organization}`);
  await Promise.all(names.map((name) => checkDatabase(name, organization, client, context)));
}

async function checkDatabase(
  name: string,
  organization: string,
  client: Client,
  context: Pick<Context, 'warn'>,
): Promise<void> {
  try {
    await client.getDatabase(organization, name);
  } catch (failure) {
    const mayBeHidden =
      failure instanceof Failure && (failure.code === 'NOT_FOUND' || failure.code === 'FORBIDDEN');
    if (!mayBeHidden || !client.serviceTokenInUse) throw failure;
    const warning: Text = text`database ${name} is not visible to the service token in use; whether it exists shows when access is granted`;
    context.warn(warning);
  }
}
