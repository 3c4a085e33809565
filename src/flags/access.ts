import type { AccessChange } from '../api/client.ts';
import type { Organization } from '../api/organization.ts';
import { checkName } from '../api/path.ts';
import { type Flag, flagsTogether, valuesFlag } from '../cli/declaration.ts';
import type { Context } from '../context.ts';
import { Failure } from '../errors.ts';
import { type AccessScope, ORGANIZATION_LEVEL } from '../scope.ts';
import { type Text, text } from '../text.ts';
import { AS_TYPED, checkAccessNames, refuseMistakes, type Spelling } from './access-names.ts';

/**
 * `--access`, repeatable, each `[<database>=]<permission>[,<permission>…]`, and `--force`, which sends names
 * as they are typed.
 *
 * @throws Failure INVALID_USAGE for what cannot be meant, and for mistakes unless `--force`
 */
export const ACCESS: Flag<readonly AccessChange[]> = flagsTogether(
  {
    access: valuesFlag(
      '--access <access>',
      '<database>=<permission>,…, or <permission>,… for the organization; repeatable',
      (values) => values,
      { completes: 'permission' },
    ),
    force: AS_TYPED,
  },
  ({ access, force }, { warn }) => plannedAccess(access, force, warn),
);

/** The permissions of all `--access`, scope by scope, each once. @throws Failure INVALID_USAGE */
function plannedAccess(
  values: readonly string[],
  force: boolean,
  warn: (warning: Text) => void,
): AccessChange[] {
  const byScope = new Map<AccessScope, string[]>();
  for (const value of values) {
    const { scope, names } = parseAccess(value);
    byScope.set(scope, [...(byScope.get(scope) ?? []), ...names]);
  }
  return [...byScope].map(([scope, given]) => {
    const names = checkAccessNames(given, text`Separate names with a comma only: read_branch,create_branch`);
    if (!force) refuseMistakes(names, scope, warn, asAccessFlag);
    return { database: scope, access: names };
  });
}

const asAccessFlag: Spelling = (name, scope) =>
  `--access ${scope === 'database' ? '<database>=' : ''}${name}`;

function parseAccess(value: string): { scope: AccessScope; names: string[] } {
  if (value.includes(':')) {
    throw new Failure('INVALID_USAGE', text`--access ${value} contains a colon, which no permission does`, {
      hint: text`Write <database>=<permission>: ${value.replace(':', '=')}`,
    });
  }
  const [, database, list = ''] = /^(?:([^=]*)=)?(.*)$/s.exec(value) ?? [];
  if (database === '' || list === '') {
    throw new Failure(
      'INVALID_USAGE',
      text`--access ${value || '""'} names no ${list === '' ? text`permission` : text`database`}`,
      {
        hint: text`Write <database>=<permission>,<permission>, or <permission> alone for the organization. Perhaps a shell variable is empty.`,
      },
    );
  }
  const names = list.split(',');
  return { scope: database === undefined ? ORGANIZATION_LEVEL : checkName(database, 'database name'), names };
}

/**
 * Looks whether the databases are there, before anything is made. Under a service token a 404 proves
 * nothing: then it is a warning, and granting decides.
 *
 * @throws Failure NOT_FOUND
 */
export async function checkDatabases(
  plan: readonly AccessChange[],
  organization: Organization,
  { warn, progress }: Pick<Context, 'warn' | 'progress'>,
): Promise<void> {
  const names = plan.map(({ database }) => database).filter((scope) => scope !== ORGANIZATION_LEVEL);
  if (names.length > 0) progress.start(text`Looking up databases of org ${organization.name}`);
  await Promise.all(names.map((name) => checkDatabase(name, organization, warn)));
}

async function checkDatabase(
  name: string,
  { databases, tokenInUse }: Organization,
  warn: (warning: Text) => void,
): Promise<void> {
  try {
    await databases.get(name);
  } catch (failure) {
    const mayBeHidden =
      failure instanceof Failure && (failure.code === 'NOT_FOUND' || failure.code === 'FORBIDDEN');
    if (!mayBeHidden || !tokenInUse) throw failure;
    warn(
      text`database ${name} is not visible to the service token in use; granting will show whether it exists`,
    );
  }
}
