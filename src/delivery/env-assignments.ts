/** `NAME=value`, as it stands in a file. */
export interface Assignment {
  /** What stands before the name: indentation and `export `. */
  readonly head: string;
  readonly name: string;
  /** With its quotes. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

export const BLANK = String.raw`[^\S\r\n]`;

/**
 * What an assignment begins with, as dotenv finds it: also `NAME = value` and `NAME: value`, which a shell
 * does not know.
 */
const BEGINNING = new RegExp(
  `(?<head>${BLANK}*(?:export${BLANK}+)?)(?<name>[\\w.-]+)(?:${BLANK}*=|:(?=${BLANK}))`,
  'y',
);
export const LINE_BEGINNING = new RegExp(`(?<=\\n)${BEGINNING.source}`, 'g');
const BLANKS = new RegExp(`${BLANK}*`, 'y');
const LINE_BREAK = /\r\n|[\r\n]/g;
export const QUOTES = `'"\``;

/**
 * Every assignment in a file, in its order. A quoted value may go over several lines. A quote that does not
 * close right before the end of a line, or a comment, is a character like any other.
 */
export function assignments(content: string): Assignment[] {
  const found: Assignment[] = [];
  for (let start = 0; start < content.length; ) {
    BEGINNING.lastIndex = start;
    const { head = '', name = '' } = BEGINNING.exec(content)?.groups ?? {};
    let end = start;
    if (name !== '') {
      const valueStart = BEGINNING.lastIndex;
      end = quotedEnd(content, valueStart) ?? bareEnd(content, valueStart);
      found.push({ head, name, value: content.slice(valueStart, end), start, end });
    }
    const { at, text: lineBreak } = lineBreakFrom(content, end);
    start = at + lineBreak.length;
    if (lineBreak === '') break;
  }
  return found;
}

/**
 * Where a quoted value ends that begins here, blanks before the end of its line included. A backslash keeps
 * a quote from closing, if another one closes after all.
 */
function quotedEnd(content: string, start: number): number | undefined {
  const opening = afterBlanks(content, start);
  const quote = content.charAt(opening);
  if (quote === '' || !QUOTES.includes(quote)) return undefined;
  let end: number | undefined;
  for (let at = content.indexOf(quote, opening + 1); at >= 0; at = content.indexOf(quote, at + 1)) {
    const next = afterBlanks(content, at + 1);
    if (isLineEnd(content, next)) end = next;
    else if (content[next] === '#') end = at + 1;
    if (content[at - 1] !== '\\') break;
  }
  return end;
}

/**
 * Where a value without quotes ends that begins here: with its line, or before blanks and a comment. A backslash at the
 * end of a line makes the next one a part of it.
 */
function bareEnd(content: string, valueStart: number): number {
  for (let start = valueStart; ; ) {
    const lineBreak = lineBreakFrom(content, start);
    const line = content.slice(start, lineBreak.at);
    for (let at = line.indexOf('#', 1); at > 0; at = line.indexOf('#', at + 1)) {
      if (afterBlanks(line, at - 1) === at) return start + line.slice(0, at).trimEnd().length;
    }
    // To a shell a backslash before a carriage return is one for that character.
    if (lineBreak.text !== '\n' || !isContinued(line)) return lineBreak.at;
    start = lineBreak.at + 1;
  }
}

/** Whether a text ends with a backslash that no other one escapes. */
export function isContinued(line: string): boolean {
  let end = line.length;
  while (line[end - 1] === '\\') end -= 1;
  return (line.length - end) % 2 === 1;
}

function afterBlanks(content: string, start: number): number {
  BLANKS.lastIndex = start;
  BLANKS.exec(content);
  return BLANKS.lastIndex;
}

function isLineEnd(content: string, at: number): boolean {
  return at === content.length || content[at] === '\n' || content[at] === '\r';
}

/** The next line break at or behind a place; an empty one at the end of the content. */
export function lineBreakFrom(
  content: string,
  start: number,
): { readonly at: number; readonly text: string } {
  LINE_BREAK.lastIndex = start;
  const match = LINE_BREAK.exec(content);
  return match ? { at: match.index, text: match[0] } : { at: content.length, text: '' };
}
