import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkName, fillPath } from '../../src/api/path.ts';
import { Failure } from '../../src/text/errors.ts';
import { plain, text } from '../../src/text/text.ts';

const TEMPLATE = '/organizations/{organization}/service-tokens/{id}/access';

function fill(id: string): string | Failure {
  try {
    return fillPath(TEMPLATE, { organization: 'acme', id });
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

describe('a name in a path', () => {
  const anyName = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom('.', '%', '2', 'e', 'E', 'f', '5', 'c', '/', '\\', '?', '#', ';') }),
    // Halves of surrogate pairs too.
    fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  );

  test('is either refused or stays one segment that reads back as what was typed', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const path = fill(name);
        if (path instanceof Failure) {
          expect(path.code).toBe('INVALID_USAGE');
          return;
        }
        const url = new URL(`https://api.example.test/prefix/v1${path}`);
        expect(url.search + url.hash).toBe('');
        const segments = url.pathname.split('/');
        expect(segments).toHaveLength(8);
        expect(segments.filter((_, index) => index !== 6)).toEqual([
          '',
          'prefix',
          'v1',
          'organizations',
          'acme',
          'service-tokens',
          'access',
        ]);
        expect(decodeURIComponent(segments[6] ?? '')).toBe(name);
      }),
      { numRuns: 1_000 },
    );
  });

  test('of letters, digits and the punctuation of names is never refused', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9_.~:@&=+$,;!'()*-]{0,40}$/), (name) => {
        expect(checkName(name, 'branch name')).toBe(name);
      }),
    );
  });

  test.each([
    ['', 'is empty'],
    ['.', 'would lead to another address'],
    ['..', 'would lead to another address'],
    ['../databases/shop', 'contains a slash'],
    ['a/b', 'contains a slash'],
    ['a\\b', 'contains a slash'],
    ['..\\..', 'contains a slash'],
    [' ', 'contains white space'],
    ['a b', 'contains white space'],
    ['a\tb', 'contains white space'],
    ['abc\n', 'contains white space'],
    ['a\u00a0b', 'contains white space'],
    ['a\u2028b', 'contains white space'],
    ['a\u0000b', 'contains a control character'],
    ['a\u001b[2Jb', 'contains a control character'],
    ['a\u007f', 'contains a control character'],
    ['a\u0085b', 'contains a control character'],
    ['a\ud800b', 'is not valid text'],
    ['\udc00', 'is not valid text'],
  ])('%j is refused, since it %s', (name, problem) => {
    const failure = fill(name);
    if (!(failure instanceof Failure)) throw new Error(`it became ${failure}`);
    expect(failure.code).toBe('INVALID_USAGE');
    expect(failure.message).toBe(`${JSON.stringify(name)} cannot be an id: it ${problem}`);
  });

  test.each([
    ['%2e%2e', '%252e%252e'],
    ['.%2e', '.%252e'],
    ['%2f', '%252f'],
    ['...', '...'],
    ['?page=2', '%3Fpage%3D2'],
    ['#top', '%23top'],
    ['a;b', 'a%3Bb'],
    ['shöp', 'sh%C3%B6p'],
    ['🚀', '%F0%9F%9A%80'],
    ['__proto__', '__proto__'],
    ['$&', '%24%26'],
  ])('%j is sent as %s', (name, segment) => {
    expect(fill(name)).toBe(`/organizations/acme/service-tokens/${segment}/access`);
  });

  test('that is missing is refused, and never sent as an empty segment', () => {
    expect(() => fillPath(TEMPLATE, { organization: 'acme' })).toThrow('"" cannot be an id: it is empty');
  });

  test('that is refused is named in the words of the user, with what to do', () => {
    const refusal = (name: string): Failure => {
      try {
        checkName(name, 'token id');
      } catch (error) {
        if (error instanceof Failure) return error;
      }
      throw new Error('it was not refused');
    };
    expect(refusal('a/b').message).toBe('"a/b" cannot be a token id: it contains a slash');
    expect(plain(refusal('').hint ?? text``)).toContain('shell variable is empty');
    expect(plain(refusal('a/b').hint ?? text``)).toBe('Give the token id by itself.');
  });
});
