import { refuseSecret } from '../api/path.ts';
import type { Context } from '../context.ts';
import { Failure } from '../errors.ts';
import { CATALOGUE, findPermission, reachesProductionData, type Scope } from '../permissions/catalogue.ts';
import { nearest } from '../permissions/nearest.ts';
import { lines, type Text, text, unstyled } from '../text.ts';

/** What is odd about an access name, and whether it is surely a mistake. */
export interface Doubt {
  readonly message: Text;
  readonly mend: Text;
  readonly certain: boolean;
}

/**
 * The names, each once, in their order.
 *
 * @param mend how names are given, where they are not words of the command line
 * @throws Failure INVALID_USAGE for what cannot be a name
 */
export function checkAccessNames(
  names: readonly string[],
  mend = 'Give each access as a word of its own: read_branch create_branch',
): string[] {
  for (const name of names) {
    refuseSecret(name, 'permission name');
    if (/^[^\s,\p{Cc}]+$/u.test(name)) continue;
    throw new Failure('INVALID_USAGE', text`${JSON.stringify(name)} cannot be the name of an access`, {
      hint: unstyled(mend),
    });
  }
  return [...new Set(names)];
}

/** How a command line asks for an access at a scope. */
export type Spelling = (name: string, scope: Scope) => string;

const BY_SCOPE_FLAG: Spelling = (_, scope) =>
  scope === 'database' ? '--database <database>' : '--organization-level';

/**
 * What may be wrong with a name at a scope: it is known for the other one, or is a near miss of a known
 * one, or just unknown, which may be the catalogue's fault.
 */
export function doubtAbout(name: string, scope: Scope, spelling = BY_SCOPE_FLAG): Doubt | undefined {
  const permission = findPermission(name);
  if (permission?.scope === scope) return undefined;
  const here = CATALOGUE.filter((candidate) => candidate.scope === scope).map((candidate) => candidate.name);
  const suggestion =
    nearest(name, here) ??
    nearest(
      name,
      CATALOGUE.map((candidate) => candidate.name),
    );
  if (permission) {
    const other = spelling(name, permission.scope);
    const article = permission.scope === 'organization' ? 'an organization' : 'a database';
    return {
      message: text`${name} is ${unstyled(article)} permission`,
      mend:
        suggestion && suggestion !== name
          ? text`Use it with ${unstyled(other)}, or did you mean ${suggestion}?`
          : text`Use it with ${unstyled(other)}.`,
      certain: true,
    };
  }
  if (suggestion) {
    return {
      message: text`${name} is not a known permission`,
      mend: text`Did you mean ${suggestion}?`,
      certain: true,
    };
  }
  return {
    message: text`${name} is not a known permission`,
    mend: text`It is sent as typed, since PlanetScale may have added it.`,
    certain: false,
  };
}

/** Refuses what is surely a mistake at a scope, and warns of what may be one. @throws Failure INVALID_USAGE */
export function refuseMistakes(
  access: readonly string[],
  database: string,
  context: Pick<Context, 'warn'>,
  spelling = BY_SCOPE_FLAG,
): void {
  for (const name of access) {
    const doubt = doubtAbout(name, database === '' ? 'organization' : 'database', spelling);
    if (doubt?.certain) {
      throw new Failure('INVALID_USAGE', doubt.message, {
        hint: lines(doubt.mend, text`To send it as typed, add --force.`),
      });
    }
    if (doubt) context.warn(text`${doubt.message}. ${doubt.mend}`);
  }
}

const PRODUCTION_ADVICE: Text = text`Note: connect_production_* lets this token make credentials for production branches. To connect an application to a production database, use the database's connection strings instead.`;

/** What PlanetScale's page advises on accesses that reach production data, if there are such. */
export function productionAdvice(names: readonly string[]): Text[] {
  return names.some(reachesProductionData) ? [PRODUCTION_ADVICE] : [];
}
