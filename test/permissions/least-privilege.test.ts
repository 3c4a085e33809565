import { describe, expect, test } from 'vitest';
import { findPermission } from '../../src/permissions/catalogue.ts';
import { leastPrivilege } from '../../src/permissions/least-privilege.ts';
import { allRequirements, isOnDatabase, type Requirement } from '../../src/permissions/requirements.ts';

const ALL = [...allRequirements().values()];
const PUBLISHED = ALL.filter(({ published }) => published);

const byId = (id: string): Requirement => {
  const found = ALL.find(({ operationId }) => operationId === id);
  if (!found) throw new Error(`no operation is called ${id}`);
  return found;
};

/** The names that may be chosen at all: those of the level at which the operation is done. */
function counting(requirement: Requirement): string[] {
  const level = isOnDatabase(requirement) ? 'database' : 'organization';
  return requirement.anyOf.filter((name) => findPermission(name)?.scope === level);
}

describe('the smallest grant', () => {
  test('is one for each published operation, but for those with a reason', () => {
    const without = PUBLISHED.flatMap((requirement) => {
      const least = leastPrivilege(requirement);
      return least.kind === 'none' ? [[requirement.operationId, least.obstacle]] : [];
    });
    expect(without).toEqual([['list_databases', 'on databases only']]);
    expect(PUBLISHED.length).toBeGreaterThan(150);
  });

  test.each(PUBLISHED)(
    '$operationId is a published alternative of the right level, and the rest are the others',
    (requirement) => {
      const least = leastPrivilege(requirement);
      if (least.kind === 'none') return;
      const { permission, others } = least;
      expect(counting(requirement)).toContain(permission.name);
      expect(permission.scope).toBe(isOnDatabase(requirement) ? 'database' : 'organization');
      const rest = isOnDatabase(requirement) ? requirement.anyOf : counting(requirement);
      expect(others.map(({ name }) => name)).toEqual(rest.filter((name) => name !== permission.name));
    },
  );

  test('of a GET only reads, where one of the alternatives does', () => {
    const gets = PUBLISHED.filter(({ operation }) => operation.startsWith('GET '));
    expect(gets.length).toBeGreaterThan(80);
    for (const requirement of gets) {
      const least = leastPrivilege(requirement);
      if (least.kind === 'none' || !counting(requirement).some((name) => name.startsWith('read_'))) continue;
      expect([requirement.operationId, least.permission.name]).toEqual([
        requirement.operationId,
        expect.stringMatching(/^read_/),
      ]);
    }
  });

  test('says production only where nothing else would do', () => {
    for (const requirement of PUBLISHED) {
      const least = leastPrivilege(requirement);
      if (least.kind === 'none' || !least.permission.name.includes('production')) continue;
      expect(counting(requirement).filter((name) => !name.includes('production'))).toEqual([]);
    }
  });

  test.each([
    ['create_branch', 'create_branch'],
    ['promote_branch', 'promote_branches'],
    ['review_deploy_request', 'review_deploy_request'],
    ['create_password', 'connect_branch'],
    ['list_branches', 'read_branch'],
    ['list_passwords', 'read_branch'],
    ['get_database', 'read_database'],
    ['list_branch_queries', 'read_database'],
    ['get_database_throttler', 'read_deploy_request'],
    ['list_invoices', 'read_invoices'],
  ])('of %s is %s', (id, name) => {
    expect(leastPrivilege(byId(id))).toMatchObject({ kind: 'choice', permission: { name } });
  });

  test('is on the database, where one on the organization would do as well', () => {
    expect(leastPrivilege(byId('list_branch_queries'))).toEqual({
      kind: 'choice',
      permission: { name: 'read_database', scope: 'database' },
      others: [{ name: 'read_databases', scope: 'organization' }],
    });
  });

  /** The rules in their order, on alternatives that PlanetScale does not publish together. */
  test.each([
    ['level before reading', 'GET', 'list_x', 'read_databases write_database', 'write_database'],
    ['reading before production', 'GET', 'list_x', 'create_branch read_backups', 'read_backups'],
    [
      'production before the own name',
      'POST',
      'delete_production_branch',
      'delete_production_branch connect_branch',
      'connect_branch',
    ],
    [
      'the own name before the first',
      'POST',
      'create_branch',
      'connect_branch create_branch',
      'create_branch',
    ],
    [
      'the first, where nothing else decides',
      'POST',
      'list_x',
      'restore_backup delete_branch',
      'restore_backup',
    ],
  ] as const)('is chosen by %s', (_, method, operationId, anyOf, name) => {
    const requirement: Requirement = {
      operation: `${method} /organizations/{organization}/databases/{database}/branches`,
      operationId,
      anyOf: anyOf.split(' '),
      published: true,
    };
    expect(leastPrivilege(requirement)).toMatchObject({ kind: 'choice', permission: { name } });
  });
});

describe('no grant is chosen', () => {
  test('where nothing is published; what is likely comes with the reason', () => {
    for (const requirement of ALL.filter(({ published }) => !published)) {
      expect(leastPrivilege(requirement)).toMatchObject({ kind: 'none', obstacle: 'not published' });
    }
    expect(leastPrivilege(byId('list_service_token_grants'))).toMatchObject({
      wouldDo: [{ name: 'read_service_tokens', scope: 'organization' }],
    });
  });

  test('where only one on the organization would allow what is done on a database: no published operation is such', () => {
    const requirement: Requirement = {
      operation: 'DELETE /organizations/{organization}/databases/{database}',
      operationId: 'delete_database',
      anyOf: ['create_databases', 'delete_databases'],
      published: true,
    };
    expect(leastPrivilege(requirement)).toEqual({
      kind: 'none',
      obstacle: 'broader',
      wouldDo: [
        { name: 'create_databases', scope: 'organization' },
        { name: 'delete_databases', scope: 'organization' },
      ],
    });
    expect(PUBLISHED.filter((one) => isOnDatabase(one) && counting(one).length === 0)).toEqual([]);
  });

  test('where only one on a database would allow what is done on the organization; the best comes first', () => {
    const least = leastPrivilege(byId('list_databases'));
    expect(least).toMatchObject({ kind: 'none', obstacle: 'on databases only' });
    if (least.kind === 'none') expect(least.wouldDo[0]).toEqual({ name: 'read_database', scope: 'database' });
  });
});
