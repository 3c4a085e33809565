import { checkName } from '../api/path.ts';
import { type Flag, flagsTogether, valueFlag, yesOrNoFlag } from '../cli/declaration.ts';
import type { Context } from '../context.ts';
import { type AccessScope, ORGANIZATION_LEVEL } from '../permissions/scope.ts';
import { Failure } from '../text/errors.ts';
import { text } from '../text/text.ts';
import { describeSource } from '../values/source.ts';

/**
 * `--database` and `--organization-level`: the scope that a command line names; undefined where it names
 * none. Scope is never guessed: an empty `--database` would widen a grant.
 *
 * @param verb what the command does to permissions there, such as `Grant`
 */
export function scopeFlags(verb: string): Flag<AccessScope | undefined> {
  return flagsTogether(
    {
      database: valueFlag(
        '-d, --database <database>',
        `${verb} the permissions on this database`,
        (name) => name,
        {
          completes: 'database',
        },
      ),
      organizationLevel: yesOrNoFlag(
        '--organization-level',
        `${verb} the permissions on the organization (the default)`,
      ),
    },
    ({ database, organizationLevel }) => {
      if (database !== undefined && organizationLevel) {
        throw new Failure('INVALID_USAGE', text`Use only one of: --database, --organization-level.`);
      }
      if (database === '') {
        throw new Failure('INVALID_USAGE', text`--database is empty`, {
          hint: text`Perhaps a shell variable is empty. For the organization use --organization-level.`,
        });
      }
      if (database !== undefined) return checkName(database, 'database name');
      if (organizationLevel === false) {
        throw new Failure('INVALID_USAGE', text`--organization-level=false leaves no scope`, {
          hint: text`Use --database <database>.`,
        });
      }
      return organizationLevel ? ORGANIZATION_LEVEL : undefined;
    },
  );
}

/**
 * The scope that is meant: the one named, else the organization. A database set outside the command line
 * would silently narrow that, so there it has to be said.
 *
 * @throws Failure INVALID_USAGE
 */
export async function resolveScope(named: AccessScope | undefined, context: Context): Promise<AccessScope> {
  if (named !== undefined) return named;
  const { ambientDatabase } = await context.settings();
  if (ambientDatabase === undefined) return ORGANIZATION_LEVEL;
  throw new Failure(
    'INVALID_USAGE',
    text`ambiguous scope: ${describeSource(ambientDatabase.source)} is set to ${ambientDatabase.value}`,
    { hint: text`Specify --database ${ambientDatabase.value} or --organization-level.` },
  );
}
