import { expect, test } from 'vitest';
import { atScope } from '../../src/operations/scope.ts';

test.each([
  ['Database', 'shop', 'shop', true],
  ['Database', 'shop', 'crm', false],
  ['Database', 'shop', 'Shop', false],
  ['Organization', 'acme', '', true],
  ['Organization', 'acme', 'acme', false],
  ['Organization', 'shop', 'shop', false],
  ['Database', 'acme', '', false],
  ['Database', '', '', false],
  ['Branch', 'shop', 'shop', false],
])('%s %j is at the scope of database %j: %s', (type, name, database, expected) => {
  expect(atScope({ type, name }, database)).toBe(expected);
});
