import { flagsTogether, switchFlag, valuesFlag } from '../cli/declaration.ts';
import { Failure } from '../text/errors.ts';
import { text } from '../text/text.ts';
import { COPY_RESTRICTION } from './networks.ts';

/** How a copy is made, where it is not to be like the original in everything. */
export const COPY_FLAGS = flagsTogether(
  {
    restriction: COPY_RESTRICTION,
    without: valuesFlag('--without <field>', 'Copy it without this field; repeatable', parseFields),
    skipVerification: switchFlag('--skip-verification', 'Do not test the new token from here'),
  },
  (values) => values,
);

function parseFields(values: readonly string[]): ReadonlySet<string> {
  for (const value of values) {
    if (/^[a-z0-9_]+$/i.test(value)) continue;
    throw new Failure('INVALID_USAGE', text`invalid --without ${JSON.stringify(value)}: name one field`, {
      hint: text`Use a field as the message names it, such as cidrs.`,
    });
  }
  return new Set(values);
}
