import { closest, distance } from 'fastest-levenshtein';

/**
 * The candidate that a misspelt word most likely meant, or undefined where none is close: up to two
 * edits, or a fifth of a longer word. Case and `-` for `_` do not count as edits.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const folded = word.toLowerCase().replaceAll('-', '_');
  const byFolded = new Map(candidates.map((candidate) => [candidate.replaceAll('-', '_'), candidate]));
  const best = closest(folded, [...byFolded.keys()]);
  const allowed = Math.max(Math.min(2, folded.length - 2), Math.floor(folded.length / 5));
  return distance(folded, best) <= allowed ? byFolded.get(best) : undefined;
}
