/** Characters of an answer that a message quotes at most. */
const LONGEST = 500;

/** The beginning of something from an answer, for a message: white space as one blank, `…` where it is cut. */
export function excerpt(value: string): string {
  // Cut before it is looked at: what comes may be very long.
  const start = value.slice(0, 8 * LONGEST);
  const characters = Array.from(start.replace(/\s+/g, ' ').trim());
  if (characters.length <= LONGEST && start === value) return characters.join('');
  return `${characters.slice(0, LONGEST - 1).join('')}…`;
}
