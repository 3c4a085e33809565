/**
 * Whether a whole name fits a pattern in which `*` stands for any characters, none included, and `?` for
 * one; all others, case included, for themselves. Takes no more steps than the name has characters for
 * each one of the pattern: names come from outside, and a regular expression made of several `*` can
 * take a name for hours.
 */
export function fitsPattern(name: string, pattern: string): boolean {
  const characters = [...name];
  const wanted = [...pattern];
  let at = 0;
  let next = 0;
  /** Where the last `*` stands in the pattern, and up to where in the name it reaches so far. */
  let star = -1;
  let reach = 0;
  while (at < characters.length) {
    if (wanted[next] === '*') {
      star = next;
      reach = at;
      next += 1;
    } else if (wanted[next] === '?' || wanted[next] === characters[at]) {
      at += 1;
      next += 1;
    } else if (star !== -1) {
      // What stands behind the last `*` does not fit here: let that one reach one further.
      reach += 1;
      at = reach;
      next = star + 1;
    } else return false;
  }
  return wanted.slice(next).every((character) => character === '*');
}
