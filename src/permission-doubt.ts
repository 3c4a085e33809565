import { nearest } from './nearest.ts';
import { CATALOGUE, findPermission, type Scope } from './permissions/catalogue.ts';
import { type Text, text, unstyled } from './text.ts';

/** What is odd about an access name, and whether it is surely a mistake. */
export interface Doubt {
  readonly message: Text;
  readonly advice: Text;
  readonly certain: boolean;
}

/** How somebody asks for an access at a scope. */
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
