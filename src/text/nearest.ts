import { closest, distance } from 'fastest-levenshtein';

/**
 * The candidate that a misspelt word most likely meant, or undefined where none is close: up to two
 * edits, or a tenth of a longer word. Case and `-` for `_` do not count. What a name begins with is its
 * verb: `create_service_tokens` is no slip of `write_service_tokens`, it would do something else.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const folded = fold(word);
  const byFolded = new Map(candidates.map((candidate) => [fold(candidate), candidate]));
  const verbs = new Set([...byFolded.keys()].map(verbOf));
  const plausible = [...byFolded.keys()].filter((candidate) => sameVerb(folded, candidate, verbs));
  if (plausible.length === 0) return undefined;
  const best = closest(folded, plausible);
  const allowed = Math.min(folded.length - 2, Math.max(2, Math.floor(folded.length / 10)));
  return distance(folded, best) <= allowed || folded === best ? byFolded.get(best) : undefined;
}

function sameVerb(word: string, candidate: string, verbs: ReadonlySet<string>): boolean {
  const verb = verbOf(candidate);
  if (verbs.has(verbOf(word))) return verbOf(word) === verb;
  return distance(word.slice(0, verb.length), verb) <= 2;
}

function verbOf(name: string): string {
  return name.split('_')[0] ?? '';
}

function fold(word: string): string {
  return word.toLowerCase().replaceAll('-', '_');
}

/** Whether one letter too many, too few or another one, or two neighbours swapped, make one word of the other. */
export function isOneEditAway(one: string, other: string): boolean {
  const edits = distance(one, other);
  if (edits !== 2 || one.length !== other.length) return edits <= 1;
  const at = [...one].findIndex((letter, index) => letter !== other[index]);
  return `${one.slice(0, at)}${one[at + 1] ?? ''}${one[at] ?? ''}${one.slice(at + 2)}` === other;
}
