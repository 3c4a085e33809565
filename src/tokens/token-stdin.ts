import type { Context } from '../context.ts';
import { parseTokenReference, type TokenReference } from '../flags/token.ts';
import { readAll } from '../output/io.ts';
import { Failure } from '../text/errors.ts';
import { text } from '../text/text.ts';

/** Bytes that are read at most: some 70,000 IDs. */
const MOST_BYTES = 1024 * 1024;

/**
 * The tokens that stdin names, one a line, each once. Empty lines are skipped.
 *
 * @throws Failure INVALID_USAGE for a line that names no token, and for more than 1 MB; Interrupted
 */
export async function readReferences({
  io,
  interruption,
}: Pick<Context, 'io' | 'interruption'>): Promise<TokenReference[]> {
  const content = await readAll(io.stdin, MOST_BYTES, interruption.signal);
  if (content === undefined) throw new Failure('INVALID_USAGE', text`stdin holds more than 1 MB`);
  const words = content.split(/\r?\n/).map((line) => line.trim());
  return [...new Set(words)].filter((word) => word !== '').map(parseTokenReference);
}
