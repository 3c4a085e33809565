import { shellWord } from '../text/command-line.ts';
import type { TokenPair } from '../values/sink.ts';
import { refuseControlCharacters, tokenVariables, type VariableNames } from '../values/token-variables.ts';

/**
 * Two lines that a POSIX shell takes the pair from: `eval "$(pscale-service-token create --export)"`.
 *
 * @throws Failure COMMAND_FAILED for control characters: a terminal that shows the lines would obey them
 */
export function exportLines(pair: TokenPair, names?: VariableNames): string {
  const variables = tokenVariables(pair, names);
  refuseControlCharacters(variables);
  return [...variables].map(([name, value]) => `export ${name}=${shellWord(value)}\n`).join('');
}
