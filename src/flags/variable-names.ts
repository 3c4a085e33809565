import { type Flag, valueFlag } from '../cli/declaration.ts';
import { Failure } from '../text/errors.ts';
import { type Text, text } from '../text/text.ts';
import type { VariableNames } from '../values/token-variables.ts';

/**
 * `--variables <id>,<secret>`: what the two variables of a token are called; undefined for the usual names.
 *
 * @param heading the one in help under which it stands
 */
export function variableNames(heading?: string): Flag<VariableNames | undefined> {
  return valueFlag('--variables <id>,<secret>', 'What to call the two variables', parseNames, { heading });
}

/** What a shell takes for a variable. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** What decides which programs and libraries run, so that a token in its place would be run or break everything. */
const REFUSED = /^(?:PATH|NODE_OPTIONS|LD_.*|DYLD_.*|BASH_ENV|ENV|IFS)$/i;

/** @throws Failure INVALID_USAGE that names the one that cannot be used */
function parseNames(value: string): VariableNames {
  const [id = '', secret, ...others] = value.split(',');
  if (secret === undefined || others.length > 0) {
    throw unfit(text`--variables ${value} is not two names`);
  }
  for (const name of [id, secret]) {
    if (!NAME.test(name)) throw unfit(text`${JSON.stringify(name)} is not the name of a shell variable`);
    if (REFUSED.test(name)) throw unfit(text`${name} decides what programs run, and is not overwritten`);
  }
  if (id === secret) throw unfit(text`--variables ${value} names one variable for both`);
  return { id, secret };
}

function unfit(message: Text): Failure {
  return new Failure('INVALID_USAGE', message, { hint: text`Such as --variables DB_TOKEN_ID,DB_TOKEN.` });
}
