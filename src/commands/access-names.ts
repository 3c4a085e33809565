import { Failure } from '../errors.ts';
import { CATALOGUE, findPermission, type Scope } from '../permissions/catalogue.ts';
import { nearest } from '../permissions/nearest.ts';
import { type Text, text } from '../text.ts';

/** What is odd about an access name, and whether it is surely a mistake. */
export interface Doubt {
  readonly message: Text;
  readonly mend: Text;
  readonly certain: boolean;
}

/** The names, each once, in their order. @throws Failure INVALID_USAGE for what cannot be a name */
export function checkAccessNames(names: readonly string[]): string[] {
  for (const name of names) {
    if (/^[^\s,\p{Cc}]+$/u.test(name)) continue;
    throw new Failure('INVALID_USAGE', text`${JSON.stringify(name)} cannot be the name of an access`, {
      hint: ['Give each access as a word of its own: read_branch create_branch'],
    });
  }
  return [...new Set(names)];
}

/**
 * What may be wrong with a name at a scope: it is known for the other one, or is a near miss of a known
 * one, or just unknown, which may be the catalogue's fault.
 */
export function doubtAbout(name: string, scope: Scope): Doubt | undefined {
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
    const other = scope === 'database' ? '--organization-level' : '--database <database>';
    const article = permission.scope === 'organization' ? 'an organization' : 'a database';
    return {
      message: text`${name} is ${[article]} permission`,
      mend:
        suggestion && suggestion !== name
          ? text`Use it with ${[other]}, or did you mean ${suggestion}?`
          : text`Use it with ${[other]}.`,
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
    mend: ['It is sent as typed, since PlanetScale may have added it.'],
    certain: false,
  };
}
