import { describe, expect, test } from 'vitest';
import { abilitiesOf, type Holding } from '../../src/permissions/abilities.ts';
import { explanationOf } from '../../src/permissions/explanation.ts';
import { leastPrivilege } from '../../src/permissions/least-privilege.ts';
import { allRequirements, isOnDatabase, type Requirement } from '../../src/permissions/requirements.ts';

const ALL = [...allRequirements().values()];

function byId(id: string): Requirement {
  const found = ALL.find(({ operationId }) => operationId === id);
  if (!found) throw new Error(`no operation is called ${id}`);
  return found;
}

const on = (type: string | null, name: string | null, ...accesses: string[]): Holding => ({
  resource_type: type,
  resource_name: name,
  accesses,
});

describe('whether a token can do something', () => {
  test('yes, by each permission that allows it there, and by none that is held elsewhere', () => {
    const held = [
      on('Database', 'shop', 'create_branch', 'read_backups', 'restore_backup'),
      on('Database', 'blog', 'create_branch'),
    ];
    expect(explanationOf(held, byId('create_branch'), 'shop')).toEqual({
      answer: 'yes',
      by: [
        { resource_type: 'Database', resource_name: 'shop', access: 'create_branch' },
        { resource_type: 'Database', resource_name: 'shop', access: 'restore_backup' },
      ],
    });
    expect(explanationOf(held, byId('delete_branch'), 'shop')).toEqual({ answer: 'no', by: [] });
    expect(explanationOf(held, byId('create_branch'), 'crm')).toEqual({ answer: 'no', by: [] });
  });

  test('what is held on the organization counts for its databases; not the other way about', () => {
    expect(
      explanationOf([on('Organization', 'acme', 'read_databases')], byId('list_branch_queries'), 'shop'),
    ).toEqual({
      answer: 'yes',
      by: [{ resource_type: 'Organization', resource_name: 'acme', access: 'read_databases' }],
    });
    expect(
      explanationOf([on('Database', 'shop', 'read_service_tokens')], byId('list_invoices'), undefined),
    ).toEqual({ answer: 'no', by: [] });
  });

  test('a database that is called as the organization is no organization', () => {
    expect(
      explanationOf([on('Database', 'acme', 'create_branch')], byId('create_branch'), 'shop').answer,
    ).toBe('no');
  });

  test.each([
    ['of an unknown kind', on('Branch', 'main', 'create_branch')],
    ['of no kind', on(null, 'shop', 'create_branch')],
    ['without a name', on('Database', null, 'create_branch')],
  ])('perhaps, where a grant is %s; a yes stays one', (_, strange) => {
    expect(explanationOf([strange], byId('create_branch'), 'shop')).toEqual({
      answer: 'perhaps',
      by: [],
      doubt: 'unknown grants',
    });
    const known = on('Database', 'shop', 'create_branch');
    expect(explanationOf([strange, known], byId('create_branch'), 'shop').answer).toBe('yes');
  });

  test('perhaps, where the grants cannot be read', () => {
    expect(explanationOf(undefined, byId('create_branch'), 'shop')).toEqual({
      answer: 'perhaps',
      by: [],
      doubt: 'unreadable',
    });
  });

  test('perhaps, where the list names a permission of databases for the organization', () => {
    expect(explanationOf([on('Database', 'shop', 'read_branch')], byId('list_databases'), undefined)).toEqual(
      {
        answer: 'perhaps',
        by: [{ resource_type: 'Database', resource_name: 'shop', access: 'read_branch' }],
        doubt: 'on databases only',
      },
    );
    expect(explanationOf([], byId('list_databases'), undefined).answer).toBe('no');
  });

  test('not published, whatever is held; what is likely to allow it is named', () => {
    const held = [on('Organization', 'acme', 'read_service_tokens')];
    expect(explanationOf(held, byId('list_service_token_grants'), undefined)).toEqual({
      answer: 'not_published',
      by: [{ resource_type: 'Organization', resource_name: 'acme', access: 'read_service_tokens' }],
    });
    expect(explanationOf(undefined, byId('list_service_token_grants'), undefined).answer).toBe(
      'not_published',
    );
  });

  test.each(ALL.filter(({ published }) => published))(
    '$operationId: yes with what --for grants, no without, and as permissions --of has it',
    (requirement) => {
      const database = isOnDatabase(requirement) ? 'shop' : undefined;
      expect(explanationOf([], requirement, database).answer).toBe('no');
      const least = leastPrivilege(requirement);
      if (least.kind === 'none') return;
      const { name, scope } = least.permission;
      const held = [scope === 'database' ? on('Database', 'shop', name) : on('Organization', 'acme', name)];
      expect(explanationOf(held, requirement, database).answer).toBe('yes');
      expect(abilitiesOf(held).map((ability) => ability.requirement)).toContain(requirement);
    },
  );
});
