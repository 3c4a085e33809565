import { refuseSecret } from '../api/path.ts';
import { switchFlag } from '../cli/declaration.ts';
import { Failure } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { CATALOGUE, findPermission, type Scope } from '../permissions/catalogue.ts';
import { type AccessScope, ORGANIZATION_LEVEL } from '../scope.ts';
import { lines, type Text, text, unstyled } from '../text.ts';

/** What is odd about an access name, and whether it is surely a mistake. */
export interface Doubt {
  readonly message: Text;
  readonly advice: Text;
  readonly certain: boolean;
}

/**
 * The names, each once, in their order.
 *
 * @param advice how names are given, where they are not words of the command line
 * @throws Failure INVALID_USAGE for what cannot be a name
 */
export function checkAccessNames(
  names: readonly string[],
  advice: Text = text`Give each permission as a word of its own: read_branch create_branch`,
): string[] {
  for (const name of names) {
    refuseSecret(name, 'permission name');
    if (/^[^\s,\p{Cc}]+$/u.test(name)) continue;
    throw new Failure('INVALID_USAGE', text`${JSON.stringify(name)} is not a valid permission name`, {
      hint: advice,
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
      advice:
        suggestion && suggestion !== name
          ? text`Use it with ${unstyled(other)}, or did you mean ${suggestion}?`
          : text`Use it with ${unstyled(other)}.`,
      certain: true,
    };
  }
  if (suggestion) {
    return {
      message: text`${name} is not a known permission`,
      advice: text`Did you mean ${suggestion}?`,
      certain: true,
    };
  }
  return {
    message: text`${name} is not a known permission`,
    advice: text`Sending it as typed, since PlanetScale may have added it.`,
    certain: false,
  };
}

/** Refuses what is surely a mistake at a scope, and warns of what may be one. @throws Failure INVALID_USAGE */
export function refuseMistakes(
  access: readonly string[],
  scope: AccessScope,
  warn: (warning: Text) => void,
  spelling = BY_SCOPE_FLAG,
): void {
  for (const name of access) {
    const doubt = doubtAbout(name, scope === ORGANIZATION_LEVEL ? 'organization' : 'database', spelling);
    if (doubt?.certain) {
      throw new Failure('INVALID_USAGE', doubt.message, {
        hint: lines(doubt.advice, text`To send it as typed, add --force.`),
      });
    }
    if (doubt) warn(text`${doubt.message}. ${doubt.advice}`);
  }
}

/** Warns of names that may be mistakes, and leaves them: taking too little away is seen. */
export function warnOfDoubts(
  access: readonly string[],
  scope: AccessScope,
  warn: (warning: Text) => void,
): void {
  for (const name of access) {
    const doubt = doubtAbout(name, scope === ORGANIZATION_LEVEL ? 'organization' : 'database');
    if (doubt) warn(text`${doubt.message}. ${doubt.certain ? doubt.advice : text`Sending it as typed.`}`);
  }
}

/** Lets names pass that {@link refuseMistakes} would refuse. */
export const AS_TYPED = switchFlag(
  '--force',
  'Send permission names as typed, even if they look like a mistake',
);
