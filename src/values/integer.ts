/** Go's own spellings of an integer, which the official CLI takes: `60`, `+60`, `0x3c`, `0b111100`, `0o74`, `1_000`. */
const SPELLINGS: readonly (readonly [pattern: RegExp, base: number])[] = [
  [/^(?:0|[1-9](?:_?\d)*)$/, 10],
  [/^0[xX]((?:_?[\da-fA-F])+)$/, 16],
  [/^0[bB]((?:_?[01])+)$/, 2],
  [/^0[oO]((?:_?[0-7])+)$/, 8],
];

/** What a word says as a whole number that is not negative. */
export type ParsedInteger =
  | { readonly kind: 'integer'; readonly value: number }
  /** `010` is eight to the official CLI, and ten to most people. */
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'none' };

/** Reads a whole number as the official CLI does; negative ones are none. */
export function parseInteger(word: string): ParsedInteger {
  const unsigned = word.startsWith('+') ? word.slice(1) : word;
  if (/^0_?\d/.test(unsigned)) return /^[\d_]+$/.test(unsigned) ? { kind: 'ambiguous' } : { kind: 'none' };
  for (const [pattern, base] of SPELLINGS) {
    const [whole, digits = whole] = pattern.exec(unsigned) ?? [];
    if (digits === undefined) continue;
    const value = Number.parseInt(digits.replaceAll('_', ''), base);
    return Number.isSafeInteger(value) ? { kind: 'integer', value } : { kind: 'none' };
  }
  return { kind: 'none' };
}
