import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { terminalSafe } from '../text/terminal-safe.ts';
import { segmentsOf, type Text } from '../text/text.ts';
import { inTone, type Style, toneOf } from './styled.ts';

const graphemes = new Intl.Segmenter();

/** Stands where something was cut off. */
const CUT = '~';

/**
 * Columns, or code units where those are more: both the terminal's idea of a row and that of libraries
 * which count characters are kept, so that neither believes that a row was wrapped.
 */
export function strictWidth(words: string): number {
  return Math.max(stringWidth(words), stripVTControlCharacters(words).length);
}

/**
 * Cuts safe text to a width in columns, not in characters: a name may be in any script.
 *
 * @param measure what a part of it counts
 */
export function clip(words: string, width: number, measure: (words: string) => number = stringWidth): string {
  if (measure(words) <= width) return words;
  let cut = '';
  let used = 0;
  for (const { segment } of graphemes.segment(words)) {
    used += measure(segment);
    if (used > width - CUT.length) break;
    cut += segment;
  }
  return width < CUT.length ? '' : cut + CUT;
}

/** As {@link clip}, but the end is what is kept; both measures count. */
export function clipStart(words: string, width: number): string {
  if (strictWidth(words) <= width) return words;
  let kept = '';
  for (const { segment } of [...graphemes.segment(words)].reverse()) {
    if (strictWidth(segment + kept) > width - CUT.length) break;
    kept = segment + kept;
  }
  return width < CUT.length ? '' : CUT + kept;
}

/** A message for a terminal in one row of at most that many columns, line breaks taken out. */
export function styledInOneRow(message: Text, style: Style, width: number): string {
  let left = width;
  let row = '';
  for (const segment of segmentsOf(message)) {
    const whole = typeof segment === 'string' ? segment.replaceAll('\n', ' ') : terminalSafe(segment.value);
    const part = clip(whole, left, strictWidth);
    row += inTone(part, toneOf(segment), style);
    left -= strictWidth(part);
    if (part !== whole) break;
  }
  return row;
}

/**
 * Breaks one line of safe text, styled or not, between words into rows of at most that many columns. A
 * word that is longer than a row is broken behind what parts a name or a path, or else where it has to be.
 */
export function wrapped(line: string, width: number): string[] {
  const rows: string[] = [];
  let row = '';
  for (const word of line.split(/(?<=\S)(?= )/)) {
    if (stringWidth(row + word) <= width) {
      row += word;
      continue;
    }
    if (row !== '') rows.push(row);
    const pieces = broken(row === '' ? word : word.trimStart(), width);
    row = pieces.pop() ?? '';
    rows.push(...pieces);
  }
  return [...rows, row];
}

/** A long word in pieces that fit. */
function broken(word: string, width: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const part of word.split(/(?<=[-_/,])(?=\S)/)) {
    if (stringWidth(piece + part) <= width) {
      piece += part;
      continue;
    }
    if (piece !== '') pieces.push(piece);
    const cut = cutUp(part, width);
    piece = cut.pop() ?? '';
    pieces.push(...cut);
  }
  return [...pieces, piece];
}

/** Text in pieces that fit; the codes of a style take no room. */
function cutUp(word: string, width: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const part of word.split(/(\u001b\[\d+m)/)) {
    const units = part.startsWith('\u001b')
      ? [part]
      : Array.from(graphemes.segment(part), (unit) => unit.segment);
    for (const unit of units) {
      if (stringWidth(piece + unit) > width) {
        pieces.push(piece);
        piece = '';
      }
      piece += unit;
    }
  }
  return [...pieces, piece];
}
