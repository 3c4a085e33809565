/**
 * Characters that a terminal obeys, that reorder what it shows, or that it does not show at all: controls,
 * formats (bidirectional marks, joiners, tags), lone surrogates, line and paragraph separators, and
 * whatever Unicode says is ignored by default (fillers, zero-width characters, variation selectors). The
 * two selectors that choose between an emoji and its text form are left alone: names hold them, and they
 * hide nothing. A joined emoji falls apart into its parts: its joiner hides in any other name.
 */
const UNSAFE = /(?![\ufe0e\ufe0f])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Most names; asking this first is many times as fast. */
const PRINTABLE = /^[\u0020-\u007e]*$/;

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\u001b': '\\e' };

/** Text from outside as a terminal may have it: what it would obey or hide is shown instead, `\e[31m` for instance. */
export function terminalSafe(text: string): string {
  if (PRINTABLE.test(text)) return text;
  return text.replace(UNSAFE, (character) => NAMED[character] ?? escaped(character));
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}
