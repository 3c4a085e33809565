import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Key, keysIn, keysInRest } from '../../src/prompts/keys.ts';

/** Keys as `name` or, where they only type, as what they type. */
const names = (keys: readonly Key[]): string[] =>
  keys.map(({ name, ctrl, sequence }) =>
    name === undefined ? `"${sequence}"` : ctrl ? `ctrl-${name}` : name,
  );

describe('the keys in what a terminal sends', () => {
  test.each([
    ['y\r', ['"y"', 'return']],
    ['\u001b[A\u001bOB\u001b[1;5C\u001b[D', ['up', 'down', 'right', 'left']],
    ['\u001b[H\u001b[F\u001b[1~\u001b[4~\u001b[7~\u001b[8~', ['home', 'end', 'home', 'end', 'home', 'end']],
    ['\u001b[5~\u001b[6~\u001b[3~', ['pageup', 'pagedown', 'delete']],
    [
      '\u0001\u0003\u001a\u001c\u007f\b\t',
      ['ctrl-a', 'ctrl-c', 'ctrl-z', 'ctrl-\\', 'backspace', 'backspace', 'tab'],
    ],
    ['read branch?', ['"read"', 'space', '"branch"', '"?"']],
    // Escape does not swallow what comes after it.
    ['\u001b\u0003', ['escape', 'ctrl-c']],
    ['\u001by\r', ['escape', '"y"', 'return']],
    ['\u001b\u001b[A', ['escape', 'up']],
  ])('%j', (sent, expected) => {
    const { keys, rest } = keysIn(sent);
    expect(names(keys)).toEqual(expected);
    expect(rest).toBe('');
  });

  test.each(['\u001b[[A', '\u001b[200~', '\u001b[I', '\u001b[<0;1;1M', '\u001bOP', '\u009b'])(
    '%j types nothing, and no part of it does',
    (sent) => {
      const { keys, rest } = keysIn(sent);
      expect(rest).toBe('');
      expect(keys.filter(({ sequence = '' }) => !/\p{Cc}/u.test(sequence))).toEqual([]);
    },
  );

  test.each(['\u001b', '\u001b[', '\u001bO', '\u001b[1;5'])('%j may become a sequence', (rest) => {
    expect(keysIn(`x${rest}`)).toEqual({ keys: [{ sequence: 'x' }], rest });
    expect(names(keysInRest(rest)).at(0)).toBe('escape');
  });

  test('none is lost, however they are parted', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (sent) => {
        const { keys, rest } = keysIn(sent);
        expect(keys.map(({ sequence }) => sequence).join('') + rest).toBe(sent);
      }),
    );
  });
});
