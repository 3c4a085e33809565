import { CATALOGUE, type Scope } from '../permissions/catalogue.ts';
import { Failure } from '../text/errors.ts';
import { text } from '../text/text.ts';
import { fitsPattern } from '../values/name-pattern.ts';

/** What a pattern of permission names became. */
export interface Expansion {
  readonly pattern: string;
  readonly names: readonly string[];
  /** Those that it fits, but that reach production, which it does not say. */
  readonly leftOut: readonly string[];
}

const PRODUCTION = 'production';

/** Whether a word stands for several names. */
export function isPattern(name: string): boolean {
  return name.includes('*');
}

/**
 * The permissions of a scope that a pattern stands for. What reaches production is meant only by a pattern that says
 * so.
 *
 * @throws Failure INVALID_USAGE where it stands for none
 */
export function expanded(pattern: string, scope: Scope): Expansion {
  const fitting = CATALOGUE.filter((one) => one.scope === scope && fitsPattern(one.name, pattern)).map(
    ({ name }) => name,
  );
  const isMeant = (name: string): boolean => pattern.includes(PRODUCTION) || !name.includes(PRODUCTION);
  const names = fitting.filter(isMeant);
  const leftOut = fitting.filter((name) => !isMeant(name));
  if (names.length > 0) return { pattern, names, leftOut };
  const kind = scope === 'organization' ? text`an organization` : text`a database`;
  throw new Failure('INVALID_USAGE', text`${pattern} matches no permission of ${kind}`, {
    hint:
      leftOut.length === 0
        ? text`Quote it, so that the shell leaves it alone. To see all names use permissions.`
        : text`Only names that contain ${PRODUCTION} match; a pattern has to say so.`,
  });
}
