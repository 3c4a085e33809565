import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commandLine } from '../../src/text/command-line.ts';

test('a shell reads back exactly the words that went in, however hostile they are', () => {
  // A shell word can hold neither NUL nor half a character; a placeholder is meant to be replaced.
  const word = fc
    .oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom(...'\'"\\$`;&|<>()*?~# \n\ta-') }),
    )
    .filter((candidate) => !candidate.includes('\0') && candidate.isWellFormed())
    .filter((candidate) => !/^<[a-z-]+>$/.test(candidate));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 20 }), (words) => {
      const line = commandLine(...words).replace(/^pscale-service-token/, 'set --');
      const read = execFileSync('sh', ['-c', `${line}\nprintf '%s\\0' "$@"`], { encoding: 'utf8' });
      expect(read).toBe(words.length === 0 ? '\0' : words.map((each) => `${each}\0`).join(''));
    }),
    { numRuns: 40 },
  );
});
