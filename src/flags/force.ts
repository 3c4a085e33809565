import { type Flag, flagsTogether, switchFlag } from '../cli/declaration.ts';

/**
 * `--force`, as in the official CLI, and `-y, --yes`, as in others: goes ahead where a command would ask, or
 * would refuse to go ahead unasked.
 */
export function unasked(description: string): Flag<boolean> {
  return flagsTogether(
    { force: switchFlag('--force', description), yes: switchFlag('-y, --yes', 'The same as --force') },
    ({ force, yes }) => force || yes,
  );
}

export const FORCE = unasked('Do not ask for confirmation');
