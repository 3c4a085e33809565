import { type Flag, flagsTogether, yesOrNoFlag } from '../cli/declaration.ts';

/**
 * `--force`, as in the official CLI, and `-y, --yes`, as in others: goes ahead where a command would ask, or
 * would refuse to go ahead unasked. False for `--force=false`, which a yes beside it does not outweigh.
 */
export function unasked(description: string): Flag<boolean | undefined> {
  return flagsTogether(
    { force: yesOrNoFlag('--force', description), yes: yesOrNoFlag('-y, --yes', 'The same as --force') },
    ({ force, yes }) => (force === false || yes === false ? false : (force ?? yes)),
  );
}

export const FORCE = unasked('Do not ask for confirmation');
