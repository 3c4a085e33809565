import { refuseSecret } from '../api/path.ts';
import { switchFlag } from '../cli/declaration.ts';
import { findPermission } from '../permissions/catalogue.ts';
import { type Doubt, doubtAbout, type Spelling } from '../permissions/permission-doubt.ts';
import { type AccessScope, ORGANIZATION_LEVEL } from '../permissions/scope.ts';
import { Failure } from '../text/errors.ts';
import { lines, type Text, text } from '../text/text.ts';

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

/** How mistakes are reported where permissions are given. */
export interface Reporting {
  readonly warn: (warning: Text) => void;
  /** How a permission is asked for at a scope. */
  readonly spelling?: Spelling | undefined;
  /** How a doubtful name is used all the same; nothing where it cannot be. */
  readonly wayPast?: Text | undefined;
}

/** The way past what {@link refuseMistakes} refuses, where a permission is to be granted. */
export const SEND_AS_TYPED: Text = text`To send it as typed, add --force.`;

/** Refuses what is surely a mistake at a scope, and warns of what may be one. @throws Failure INVALID_USAGE */
export function refuseMistakes(
  access: readonly string[],
  scope: AccessScope,
  { warn, spelling, wayPast }: Reporting,
): void {
  for (const name of access) {
    const doubt =
      swappedSides(name, scope) ??
      doubtAbout(name, scope === ORGANIZATION_LEVEL ? 'organization' : 'database', spelling);
    if (doubt?.certain) {
      throw new Failure('INVALID_USAGE', doubt.message, {
        hint: lines(doubt.advice, ...(wayPast ? [wayPast] : [])),
      });
    }
    if (doubt) warn(wayPast ? text`${doubt.message}. ${doubt.advice}` : doubt.message);
  }
}

/** `read_branch=shop`, where `shop=read_branch` is meant. */
function swappedSides(name: string, scope: AccessScope): Doubt | undefined {
  if (scope === ORGANIZATION_LEVEL || findPermission(scope) === undefined || findPermission(name)) {
    return undefined;
  }
  return {
    message: text`${scope} is a permission, not a database`,
    advice: text`Did you mean ${`${name}=${scope}`}?`,
    certain: true,
  };
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
