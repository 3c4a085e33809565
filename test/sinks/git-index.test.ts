import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findInGitIndex } from '../../src/sinks/git-index.ts';

interface IndexPlan {
  readonly version: 2 | 3 | 4;
  readonly paths: readonly string[];
  readonly hashLength?: number;
  readonly isExtended?: boolean;
  /** Behind the entries: name and content. */
  readonly extensions?: readonly (readonly [string, Buffer])[];
}

/** An index as git's format describes it (https://git-scm.com/docs/index-format), with names of objects of zeros. */
function index({
  version,
  paths,
  hashLength = 20,
  isExtended = false,
  extensions = [],
}: IndexPlan): Uint8Array {
  const head = Buffer.alloc(12);
  head.write('DIRC', 'latin1');
  head.writeUInt32BE(version, 4);
  head.writeUInt32BE(paths.length, 8);
  let previous = Buffer.alloc(0);
  const entries = paths.map((name) => {
    const path = Buffer.from(name);
    const fixed = Buffer.alloc(40 + hashLength + 2 + (isExtended ? 2 : 0));
    fixed.writeUInt16BE(Math.min(path.length, 0xfff) | (isExtended ? 0x4000 : 0), 40 + hashLength);
    if (version !== 4) {
      const length = fixed.length + path.length + 1;
      return Buffer.concat([fixed, path, Buffer.alloc(Math.ceil(length / 8) * 8 - length + 1)]);
    }
    let kept = 0;
    while (kept < path.length && previous[kept] === path[kept]) kept += 1;
    const removed = varint(previous.length - kept);
    previous = path;
    return Buffer.concat([fixed, removed, path.subarray(kept), Buffer.alloc(1)]);
  });
  const others = extensions.map(([name, content]) => {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(content.length);
    return Buffer.concat([Buffer.from(name, 'latin1'), size, content]);
  });
  return Buffer.concat([head, ...entries, ...others, Buffer.alloc(hashLength, 0xcc)]);
}

/** Git's own numbers: seven bits a byte, the last ones last, each byte before them worth one more. */
function varint(value: number): Buffer {
  const bytes = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) {
    rest -= 1;
    bytes.unshift(0x80 | (rest & 0x7f));
  }
  return Buffer.from(bytes);
}

const has = (bytes: Uint8Array, path: string): boolean | undefined =>
  findInGitIndex(bytes, (found) => found === path)?.isFound;

const sorted = (paths: readonly string[]): string[] =>
  [...paths].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

describe.each([2, 3, 4] as const)('an index of version %i', (version) => {
  const paths = sorted([
    '.env',
    '.env.example',
    'a',
    'ci/seed.yml',
    'ci/state.yml',
    'x'.repeat(5_000),
    'ü/.env',
  ]);

  test.each([20, 32])('finds what is in it and nothing else, with hashes of %i bytes', (hashLength) => {
    const bytes = index({ version, paths, hashLength });
    for (const path of paths) expect(has(bytes, path), path).toBe(true);
    for (const path of ['.en', '.env.', 'env', 'ci', 'b', '']) expect(has(bytes, path), path).toBe(false);
  });

  test('whatever its paths are', () => {
    const path = fc
      .string({ minLength: 1, maxLength: 300, unit: 'grapheme' })
      .filter((one) => !one.includes('\0'));
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 20 }), path, (some, other) => {
        const wellFormed = some.map((one) => Buffer.from(one).toString());
        const bytes = index({ version, paths: sorted([...new Set(wellFormed)]) });
        for (const one of wellFormed) expect(has(bytes, one)).toBe(true);
        expect(has(bytes, Buffer.from(other).toString())).toBe(
          wellFormed.includes(Buffer.from(other).toString()),
        );
      }),
    );
  });

  test('one path may stand there several times, as in a conflict', () => {
    expect(has(index({ version, paths: ['.env', '.env', '.env', 'a'] }), 'a')).toBe(true);
  });

  test('names where the rest is, where it is split', () => {
    const hash = Buffer.from('0123456789abcdef0123456789abcdef01234567', 'hex');
    const split = (content: Buffer) =>
      findInGitIndex(
        index({
          version,
          paths,
          extensions: [
            ['TREE', Buffer.from('some')],
            ['link', content],
          ],
        }),
        () => false,
      );
    expect(split(Buffer.concat([hash, Buffer.from('bitmaps')]))).toEqual({
      isFound: false,
      shared: hash.toString('hex'),
    });
    // Zeros are none; one zero among others is a part of a name.
    expect(split(Buffer.alloc(20))?.shared).toBeUndefined();
    const almost = Buffer.from(hash);
    almost[3] = 0;
    expect(split(almost)?.shared).toBe(almost.toString('hex'));
    expect(findInGitIndex(index({ version, paths }), () => false)?.shared).toBeUndefined();
  });

  test('is none where a part of it is missing or wrong', () => {
    const bytes = index({ version, paths: ['.env', 'a'] });
    for (const length of [0, 3, 11, 12, 60, bytes.length - 30]) {
      expect(
        findInGitIndex(bytes.subarray(0, length), () => false),
        `${length} bytes`,
      ).toBeUndefined();
    }
    const changed = (at: number, value: number): Uint8Array => {
      const copy = Buffer.from(bytes);
      copy[at] = value;
      return copy;
    };
    expect(findInGitIndex(changed(0, 0x58), () => false)).toBeUndefined();
    for (const other of [0, 1, 5]) expect(findInGitIndex(changed(7, other), () => false)).toBeUndefined();
    // More entries than there are, and a length that is not that of the path.
    expect(findInGitIndex(changed(11, 200), () => false)).toBeUndefined();
    expect(findInGitIndex(changed(12 + 40 + 20 + 1, 9), () => false)).toBeUndefined();
    // Not in the order in which git writes them.
    expect(findInGitIndex(index({ version, paths: ['b', 'a'] }), () => false)).toBeUndefined();
  });
});

test.each([3, 4] as const)('an entry of version %i may have more flags', (version) => {
  const bytes = index({ version, paths: ['.env', 'a'], isExtended: true });
  expect(has(bytes, '.env')).toBe(true);
  expect(has(bytes, 'a')).toBe(true);
});

test('what stands in the middle of other bytes is read from where it begins', () => {
  const bytes = index({ version: 2, paths: ['.env'] });
  const around = Buffer.concat([Buffer.alloc(7, 1), bytes, Buffer.alloc(9, 1)]);
  expect(has(around.subarray(7, 7 + bytes.length), '.env')).toBe(true);
});

test('any bytes are an index or none: nothing is thrown', () => {
  const start = Buffer.from('DIRC\0\0\0\x04\0\0\0\x02', 'latin1');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      findInGitIndex(bytes, () => false);
      findInGitIndex(Buffer.concat([start, bytes]), () => false);
    }),
  );
});
