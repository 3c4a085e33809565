import { canonicalName } from './token-name.ts';

/** One part of a pattern: a character that stands for itself, or a wildcard. */
type Part = string | typeof ANY | typeof ONE;

/** Any characters, none included. */
const ANY = Symbol('*');
/** One character. */
const ONE = Symbol('?');

/**
 * Whether a whole name fits a pattern in which `*` stands for any characters, none included, and `?` for
 * one; all others, case included, for themselves. What is canonically equal is one character.
 */
export function fitsPattern(name: string, pattern: string): boolean {
  return fits([...canonicalName(name)], [...canonicalName(pattern)].map(partOf));
}

/** The same for many names and several patterns, any of them, in which `\` takes its meaning from what stands behind it. */
export function fittingQuoted(patterns: readonly string[]): (name: string) => boolean {
  const parts = patterns.map((pattern) => unquoted(canonicalName(pattern)));
  const names = new Set<string>();
  const wild: Part[][] = [];
  for (const pattern of parts) {
    const words = pattern.filter((part) => typeof part === 'string');
    if (words.length === pattern.length) names.add(words.join(''));
    else wild.push(pattern);
  }
  return (written) => {
    const name = canonicalName(written);
    const characters = [...name];
    return names.has(name) || wild.some((pattern) => fits(characters, pattern));
  };
}

/** The quoted pattern that fits a name, and nothing else. */
export function patternOf(name: string): string {
  return name.replace(/[*?\\]/g, '\\$&');
}

/** Whether a `\` at the end of a quoted pattern has nothing to stand before. */
export function endsInQuote(pattern: string): boolean {
  return (/\\*$/.exec(pattern)?.[0].length ?? 0) % 2 === 1;
}

/** A quoted pattern, and what else is known of it. */
interface Patterned {
  readonly pattern: string;
}

/** Pairs of patterns of two lists that some name fits both of. */
export function patternsOverlap<Entry extends Patterned>(
  some: readonly Entry[],
  others: readonly Entry[],
): [Entry, Entry][] {
  const parsed = (entries: readonly Entry[]) =>
    entries.map((entry) => {
      const parts = unquoted(canonicalName(entry.pattern));
      const isName = parts.every((part) => typeof part === 'string');
      return { entry, parts, name: isName ? parts.join('') : undefined };
    });
  const second = parsed(others);
  const wild = second.filter(({ name }) => name === undefined);
  const named = new Map(second.flatMap((one) => (one.name === undefined ? [] : [[one.name, one] as const])));
  return parsed(some).flatMap((one): [Entry, Entry][] => {
    const same = one.name === undefined ? undefined : named.get(one.name);
    const candidates = one.name === undefined ? second : wild;
    const meeting = candidates.filter(({ parts }) => meet(one.parts, parts));
    return [...(same ? [same] : []), ...meeting].map(({ entry }) => [one.entry, entry]);
  });
}

/** Whether some name fits both. Takes no more steps than both have parts, multiplied. */
function meet(one: readonly Part[], other: readonly Part[]): boolean {
  /** Whether what is left of the first, from a place, and of the second, from each place, can meet. */
  let after: boolean[] = [];
  for (let at = one.length; at >= 0; at -= 1) {
    const here: boolean[] = [];
    for (let to = other.length; to >= 0; to -= 1) {
      const [left, right] = [one[at], other[to]];
      if (left === undefined && right === undefined) here[to] = true;
      else if (left === ANY) here[to] = after[to] === true || here[to + 1] === true;
      else if (right === ANY) here[to] = here[to + 1] === true || after[to] === true;
      else {
        const isOne = left !== undefined && right !== undefined;
        here[to] = isOne && (left === ONE || right === ONE || left === right) && after[to + 1] === true;
      }
    }
    after = here;
  }
  return after[0] === true;
}

function partOf(character: string): Part {
  if (character === '*') return ANY;
  return character === '?' ? ONE : character;
}

function unquoted(pattern: string): Part[] {
  const parts: Part[] = [];
  const characters = [...pattern];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? '';
    const isQuote = character === '\\' && at + 1 < characters.length;
    if (isQuote) at += 1;
    parts.push(isQuote ? (characters[at] ?? '') : partOf(character));
  }
  return parts;
}

/**
 * Takes no more steps than the name has characters for each part of the pattern: names come from outside, and a
 * regular expression made of several `*` can take a name for hours.
 */
function fits(characters: readonly string[], wanted: readonly Part[]): boolean {
  let at = 0;
  let next = 0;
  /** Where the last `*` stands in the pattern, and up to where in the name it reaches so far. */
  let star = -1;
  let reach = 0;
  while (at < characters.length) {
    if (wanted[next] === ANY) {
      star = next;
      reach = at;
      next += 1;
    } else if (wanted[next] === ONE || wanted[next] === characters[at]) {
      at += 1;
      next += 1;
    } else if (star !== -1) {
      // What stands behind the last `*` does not fit here: let that one reach one further.
      reach += 1;
      at = reach;
      next = star + 1;
    } else return false;
  }
  return wanted.slice(next).every((part) => part === ANY);
}
