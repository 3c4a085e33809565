/**
 * Two-space JSON with a line break at the end, as the official CLI writes it. Characters that JSON
 * leaves as they are but a terminal would obey (DEL, C1 controls) are escaped, and so are the two line
 * separators, as Go does; the value stays the same.
 */
export function renderJson(data: unknown): string {
  const json = JSON.stringify(data, undefined, 2).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${json}\n`;
}
