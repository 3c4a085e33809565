import { checkName } from '../api/path.ts';
import type { Context } from '../context.ts';
import { Failure } from '../errors.ts';
import { describeSource } from '../settings/source.ts';
import { type Text, text } from '../text.ts';
import type { CliCommand } from './command.ts';

/** The flags that say where an access is meant. */
export interface ScopeOptions {
  readonly database?: string;
  readonly organizationLevel?: boolean;
}

export function addScopeOptions(command: CliCommand, verb: string): void {
  command
    .option('--database <database>', `${verb} the accesses on this database`)
    .option('--organization-level', `${verb} the accesses on the organization (the default)`);
}

/**
 * The database that is meant, `''` for the organization level. Scope is never guessed: an empty
 * `--database` would widen a grant, and a database set outside the command line would narrow it.
 *
 * @throws Failure INVALID_USAGE
 */
export async function resolveScope(options: ScopeOptions, context: Context): Promise<string> {
  const named = scopeInFlags(options);
  if (named !== undefined) return named;
  const { ambientDatabase } = await context.settings();
  if (ambientDatabase === undefined) return '';
  throw new Failure(
    'INVALID_USAGE',
    text`is the database ${ambientDatabase.value} meant, or the organization? ${describeSource(ambientDatabase.source)} names a database`,
    { hint: text`Say which: --database ${ambientDatabase.value}, or --organization-level` },
  );
}

/** What the flags name; undefined where they name nothing. @throws Failure INVALID_USAGE */
export function scopeInFlags({ database, organizationLevel }: ScopeOptions): string | undefined {
  if (database !== undefined && organizationLevel) {
    throw new Failure('INVALID_USAGE', text`--database and --organization-level cannot be used together`, {
      hint: text`Name the one that is meant.`,
    });
  }
  if (database === '') {
    throw new Failure('INVALID_USAGE', text`--database is empty`, {
      hint: text`Is a variable of your shell not set? For the organization say so: --organization-level`,
    });
  }
  if (database !== undefined) return checkName(database, 'database name');
  return organizationLevel ? '' : undefined;
}

/** The scope in words. */
export function describeScope(database: string): Text {
  return database === '' ? text`the organization` : text`database ${database}`;
}
