import { describe, expect, test } from 'vitest';
import { CATALOGUE, findPermission, reachesProductionData } from '../../src/permissions/catalogue.ts';
import fixture from '../fixtures/permissions.json' with { type: 'json' };

describe('the catalogue', () => {
  test.each(['organization', 'database'] as const)(
    'has the published permissions of the %s scope',
    (scope) => {
      const published = fixture.permissions[scope].map(({ name, description }) => ({
        name,
        scope,
        description,
      }));
      const ours = CATALOGUE.filter((permission) => permission.scope === scope).map(
        ({ subject: _ours, ...rest }) => rest,
      );
      expect(ours.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual(
        published.toSorted((a, b) => a.name.localeCompare(b.name)),
      );
      expect(ours).toHaveLength(fixture.counts[scope]);
    },
  );

  test('has each name once, organization permissions first', () => {
    expect(new Set(CATALOGUE.map(({ name }) => name)).size).toBe(fixture.counts.total);
    const scopes = CATALOGUE.map(({ scope }) => scope);
    expect(scopes.lastIndexOf('organization')).toBeLessThan(scopes.indexOf('database'));
  });

  test.each(CATALOGUE)('describes $name in one line', ({ description }) => {
    expect(description).toMatch(/^\S.{10,}[^\s.]$/);
  });
});

describe('findPermission', () => {
  test.each(CATALOGUE)('finds $name', (permission) => {
    expect(findPermission(permission.name)).toEqual(permission);
  });

  test.each(['read_everything', '', 'READ_BRANCH', 'constructor', '__proto__'])(
    'does not know %j',
    (name) => {
      expect(findPermission(name)).toBeUndefined();
    },
  );
});

test.each([
  ['connect_production_branch', true],
  ['connect_production_read_only_branch', true],
  ['connect_production_something_new', true],
  ['connect_branch', false],
  ['delete_production_branch', false],
  ['create_production_branch_password', false],
])('reachesProductionData(%s) is %s', (name, expected) => {
  expect(reachesProductionData(name)).toBe(expected);
});
