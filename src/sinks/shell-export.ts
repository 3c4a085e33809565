import { shellWord } from '../command-line.ts';
import type { TokenPair } from './sink.ts';
import { tokenVariables } from './token-variables.ts';

/** Two lines that a POSIX shell takes the pair from: `eval "$(pscale-service-token create --export)"`. */
export function exportLines(pair: TokenPair): string {
  return [...tokenVariables(pair)].map(([name, value]) => `export ${name}=${shellWord(value)}\n`).join('');
}
