import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonicalNetwork,
  isEverything,
  isWithin,
  overlaps,
  parseNetwork,
  sameNetworks,
} from '../../src/values/networks.ts';

describe('a network', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7/32', false],
    ['203.0.113.7/32', '203.0.113.7/32', false],
    ['203.0.113.7/24', '203.0.113.0/24', true],
    ['10.0.0.0/8', '10.0.0.0/8', false],
    ['255.255.255.255/1', '128.0.0.0/1', true],
    ['0.0.0.0', '0.0.0.0/32', false],
  ])('%s is %s', (entry, network, hadHostBits) => {
    expect(parseNetwork(entry)).toEqual({ network, hadHostBits });
  });

  test.each([
    ['::1', 'IPv6'],
    ['::ffff:203.0.113.7', 'IPv6'],
    ['0.0.0.0/0', 'covers every address'],
    ['203.0.113.7/0', 'covers every address'],
    ['203.0.113.7/33', 'longer than 32'],
    ['203.0.113.7/024', 'leading zero'],
    ['203.0.113.010', 'leading zero'],
    ['00.0.0.1', 'leading zero'],
    ['203.0.113.256', 'over 255'],
    ['203.0.113', 'not an IPv4'],
    ['203.0.113.7.1', 'not an IPv4'],
    ['203..113.7', 'not an IPv4'],
    ['203.0.113.7/', 'not an IPv4'],
    ['203.0.113.7/-1', 'not an IPv4'],
    ['203.0.113.7 /24', 'not an IPv4'],
    ['٢٠٣.0.113.7', 'not an IPv4'],
    ['example.com', 'not an IPv4'],
    ['', 'not an IPv4'],
  ])('%s is none', (entry, problem) => {
    expect(parseNetwork(entry)).toEqual({ problem: expect.stringContaining(problem) });
  });
});

const octet = fc.integer({ min: 0, max: 255 });
const network = fc
  .tuple(octet, octet, octet, octet, fc.integer({ min: 1, max: 32 }))
  .map(([a, b, c, d, prefix]) => canonicalNetwork(`${a}.${b}.${c}.${d}/${prefix}`));

test('a canonical spelling stays as it is', () => {
  fc.assert(fc.property(network, (spelling) => canonicalNetwork(spelling) === spelling));
});

test('what is within a network overlaps it, and is within the list that holds it', () => {
  fc.assert(
    fc.property(network, network, (one, other) => {
      const isInside = isWithin(one, [other]);
      return (!isInside || overlaps(one, other)) && isWithin(one, [other, one]);
    }),
  );
});

test('lists are the same whatever their order, spelling and repetition', () => {
  expect(sameNetworks(['203.0.113.7', '10.0.0.0/8'], ['10.1.2.3/8', '203.0.113.7/32', '10.0.0.0/8'])).toBe(
    true,
  );
  expect(sameNetworks(['10.0.0.0/8'], [])).toBe(false);
  expect(sameNetworks(['10.0.0.0/9'], ['10.0.0.0/8'])).toBe(false);
  expect(sameNetworks(['2001:db8::/32'], ['2001:db8::/32'])).toBe(true);
});

test('two halves are everything, a half is not', () => {
  expect(isEverything(['0.0.0.0/1', '128.0.0.0/1'])).toBe(true);
  expect(isEverything(['128.0.0.0/1', '0.0.0.0/2', '64.0.0.0/2'])).toBe(true);
  expect(isEverything(['0.0.0.0/1'])).toBe(false);
  expect(isEverything([])).toBe(false);
});
