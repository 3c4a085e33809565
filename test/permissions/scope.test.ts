import { expect, test } from 'vitest';
import { atScope, describeScope, ORGANIZATION_LEVEL, scopeFlags } from '../../src/permissions/scope.ts';
import { plain } from '../../src/text/text.ts';

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

test.each([
  ['shop', 'database shop', ['--database', 'shop']],
  [ORGANIZATION_LEVEL, 'the organization', ['--organization-level']],
])('the scope %j is %s in a sentence, and flags in a command line', (scope, sentence, flags) => {
  expect(plain(describeScope(scope))).toBe(sentence);
  expect(scopeFlags(scope)).toEqual(flags);
});
