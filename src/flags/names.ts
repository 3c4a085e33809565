import { checkName } from '../api/path.ts';
import { type Argument, argument } from '../cli/declaration.ts';

/** A database, by its name. */
export const DATABASE: Argument<string> = argument(
  'database',
  'Name of the database',
  (word) => checkName(word, 'database name'),
  'database',
);

/** A branch that exists, by its name. */
export const BRANCH: Argument<string> = argument(
  'branch',
  'Name of the branch',
  (word) => checkName(word, 'branch name'),
  'branch',
);
