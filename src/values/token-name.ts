/**
 * Characters that a name may have: an assumption, the API's limit is not published. Counted as APIs of its kind count,
 * by Unicode code points: an emoji is one, in whatever encoding it is sent.
 */
export const LONGEST_NAME = 255;

/** How many characters a name has, as the API counts them. */
export function nameLength(name: string): number {
  return [...name].length;
}

/** The one form of all names that are canonically equal, to compare by. What is sent stays as it was typed. */
export function canonicalName(name: string): string {
  return name.normalize('NFC');
}

/** Whether two names are one: canonically equal. */
export function isSameName(one: string, other: string): boolean {
  return canonicalName(one) === canonicalName(other);
}

/** A name that is made of others, shortened in the middle to what a name may have: what it is of, and its end, stay. */
export function shortenedName(name: string): string {
  const characters = [...name];
  if (characters.length <= LONGEST_NAME) return name;
  const end = Math.floor(LONGEST_NAME / 2);
  return [...characters.slice(0, LONGEST_NAME - end - 1), '…', ...characters.slice(-end)].join('');
}
