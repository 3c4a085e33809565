import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { markedName, markOf, type RotationMark, readMark } from '../../src/tokens/rotation-mark.ts';

const END = '2026-11-26T12:00:00Z';
const MARK: RotationMark = {
  name: 'ci',
  until: Date.parse(END),
  before: undefined,
  replacedBy: 'k3j9x0q2m7ab',
};
const NAME = `ci (until ${END}, before never, replaced by k3j9x0q2m7ab)`;
const OLD = { id: 'tokold000001', name: NAME, created_at: '2026-05-01T10:00:00Z', expires_at: END };
const NEW = { id: 'k3j9x0q2m7ab', created_at: '2026-11-25T12:00:00Z' };

const second = fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1_000);

test('a name says what it was marked with, whatever the name was', () => {
  expect(markedName(MARK)).toBe(NAME);
  fc.assert(
    fc.property(
      fc.record({
        name: fc.oneof(fc.string({ unit: 'binary' }), fc.constant(NAME)),
        until: second,
        before: fc.option(second, { nil: undefined }),
        replacedBy: fc.stringMatching(/^[a-z0-9]{12}$/),
      }),
      (mark) => {
        expect(readMark(markedName(mark))).toEqual(mark);
      },
    ),
  );
});

test('a token without a name gets the mark alone', () => {
  expect(markedName({ ...MARK, name: '' })).toBe(`(until ${END}, before never, replaced by k3j9x0q2m7ab)`);
});

test.each([
  'ci',
  null,
  `ci (until ${END}, before never, replaced by )`,
  `ci (until ${END}, before often, replaced by k3j9x0q2m7ab)`,
  `ci (until 2026-02-31T12:00:00Z, before never, replaced by k3j9x0q2m7ab)`,
  `ci (until 2026-11-26T12:00:00+00:00, before never, replaced by k3j9x0q2m7ab)`,
  `ci (until ${END}, before never, replaced by k3j9x0q2m7ab) `,
  `ci(until ${END}, before never, replaced by k3j9x0q2m7ab)`,
])('%j has no mark', (name) => {
  expect(readMark(name)).toBeUndefined();
});

describe('a mark counts', () => {
  test('where the token and its replacement agree', () => {
    expect(markOf(OLD, [OLD, NEW])).toEqual(MARK);
    expect(markOf({ ...OLD, expires_at: '2026-11-26T12:00:59.9Z' }, [NEW])).toEqual(MARK);
    expect(markOf(OLD, [{ ...NEW, created_at: OLD.created_at }])).toEqual(MARK);
  });

  test.each([
    ['the end is another', { ...OLD, expires_at: '2026-11-26T12:01:01Z' }, [NEW]],
    ['there is no end', { ...OLD, expires_at: null }, [NEW]],
    ['the replacement is gone', OLD, [OLD]],
    ['the replacement is older', OLD, [{ ...NEW, created_at: '2026-05-01T09:59:59Z' }]],
    ['it names itself', { ...OLD, id: NEW.id }, [{ ...OLD, id: NEW.id }]],
    ['the name is somebody’s text', { ...OLD, name: 'ci (until Friday)' }, [NEW]],
  ])('not where %s', (_, token, tokens) => {
    expect(markOf(token, tokens)).toBeUndefined();
  });
});
