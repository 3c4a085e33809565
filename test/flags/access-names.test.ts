import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkAccessNames } from '../../src/flags/access-names.ts';
import { CATALOGUE } from '../../src/permissions/catalogue.ts';
import { doubtAbout } from '../../src/permissions/permission-doubt.ts';
import { plain, text } from '../../src/text/text.ts';
import { failureOf, told } from '../support/host.ts';

describe('checkAccessNames', () => {
  test('keeps the names, each once, in the order given', () => {
    expect(checkAccessNames(['read_branch', 'create_branch', 'read_branch', 'connect_branch'])).toEqual([
      'read_branch',
      'create_branch',
      'connect_branch',
    ]);
    expect(checkAccessNames([])).toEqual([]);
  });

  test('keeps a name that nobody knows: that is not for it to judge', () => {
    expect(checkAccessNames(['read_everything', 'Read-Branch', '*'])).toEqual([
      'read_everything',
      'Read-Branch',
      '*',
    ]);
  });

  test.each([
    'read_branch,create_branch',
    'read_branch create_branch',
    'read_branch\n',
    '\tread_branch',
    ' ',
    '',
    ',',
    'read\u00a0branch',
    'read\u0000branch',
    'read\u001bbranch',
    'read\u009bbranch',
  ])('refuses %j: each access is a word of its own', async (name) => {
    const failure = await failureOf(() => checkAccessNames(['read_branch', name]));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(failure.message).toContain(JSON.stringify(name));
    expect(told(failure)).toContain('read_branch create_branch');
  });

  test('never gives a name twice, and never loses one', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd')), (names) => {
        const checked = checkAccessNames(names);
        expect(new Set(checked).size).toBe(checked.length);
        expect(new Set(checked)).toEqual(new Set(names));
      }),
    );
  });
});

describe('doubtAbout', () => {
  test.each(CATALOGUE)('has no doubt about $name at the $scope scope', ({ name, scope }) => {
    expect(doubtAbout(name, scope)).toBeUndefined();
  });

  test.each(CATALOGUE)('is certain that $name is wrong at the other scope than $scope', ({ name, scope }) => {
    const doubt = doubtAbout(name, scope === 'organization' ? 'database' : 'organization');
    expect(doubt?.certain).toBe(true);
    expect(plain(doubt?.message ?? text``)).toMatch(
      scope === 'organization' ? /is an organization permission$/ : /is a database permission$/,
    );
    expect(plain(doubt?.advice ?? text``)).toContain(
      scope === 'organization' ? '--organization-level' : '--database <database>',
    );
  });

  test.each([
    ['read_databases', 'database', 'read_database'],
    ['delete_databases', 'database', 'delete_database'],
    ['read_database', 'organization', 'read_databases'],
    ['delete_database', 'organization', 'delete_databases'],
  ] as const)('offers the twin of %s at the %s scope: %s', (name, scope, twin) => {
    expect(plain(doubtAbout(name, scope)?.advice ?? text``)).toContain(`did you mean ${twin}?`);
  });

  test.each([
    ['create_databases', 'database'],
    ['read_branch', 'organization'],
  ] as const)('offers no twin of %s, which has none', (name, scope) => {
    expect(plain(doubtAbout(name, scope)?.advice ?? text``)).not.toContain('did you mean');
  });

  test.each([
    ['read_branh', 'database', 'read_branch'],
    ['read-branch', 'database', 'read_branch'],
    ['read_service_token', 'organization', 'read_service_tokens'],
    // The nearest one at the scope asked for is meant, even where another one is as near.
    ['delete_databas', 'database', 'delete_database'],
    ['delete_databas', 'organization', 'delete_databases'],
  ] as const)('is certain that %s at the %s scope is a slip, and offers %s', (name, scope, meant) => {
    const doubt = doubtAbout(name, scope);
    expect(doubt?.certain).toBe(true);
    expect(plain(doubt?.message ?? text``)).toBe(`${name} is not a known permission`);
    expect(plain(doubt?.advice ?? text``)).toBe(`Did you mean ${meant}?`);
  });

  test.each([
    // One edit, two neighbours swapped included.
    ['reed_branch', 'database', 'read_branch'],
    ['raed_branch', 'database', 'read_branch'],
    ['delete_databasess', 'organization', 'delete_databases'],
    // Words swapped, joined otherwise, or in the other number.
    ['branch_read', 'database', 'read_branch'],
    ['readbranch', 'database', 'read_branch'],
    ['readBranch', 'database', 'read_branch'],
    ['read.branch', 'database', 'read_branch'],
    ['READ-BRANCHES', 'database', 'read_branch'],
    ['production_branch_connect', 'database', 'connect_production_branch'],
    ['connect_production_readonly_branch', 'database', 'connect_production_read_only_branch'],
    ['read_organizations', 'organization', 'read_organization'],
    // A part that fits known names only.
    ['invoices', 'organization', 'read_invoices'],
    ['read_audit', 'organization', 'read_audit_logs'],
    ['promote', 'database', 'promote_branches'],
  ] as const)('%s at the %s scope is a near miss of %s', (name, scope, meant) => {
    const doubt = doubtAbout(name, scope);
    expect({ certain: doubt?.certain, advice: plain(doubt?.advice ?? text``) }).toEqual({
      certain: true,
      advice: `Did you mean ${meant}?`,
    });
  });

  test.each([
    'read_branch_x',
    'reaad_braanch',
    'xx',
    'r',
    '_',
    'read_webhook',
    'paint_branch',
    'list_branches',
  ])('two edits, or a word of its own, make no near miss: %s', (name) => {
    expect(doubtAbout(name, 'database')?.certain).toBe(false);
  });

  test('offers the first of several names that a part fits', () => {
    const advice = plain(doubtAbout('read', 'database')?.advice ?? text``);
    expect(advice).toMatch(/^Did you mean read_\w+, read_\w+, \w+, \w+ or \d+ others\?$|^Did you mean read_/);
  });

  test('offers a slip of a permission of the other scope too', () => {
    expect(plain(doubtAbout('create_database', 'database')?.advice ?? text``)).toContain('create_databases');
  });

  test.each(['read_webhooks', 'rotate_secrets', 'create_service_tokens'])(
    'is not certain about %s: the catalogue may lag behind',
    (name) => {
      for (const scope of ['organization', 'database'] as const) {
        const doubt = doubtAbout(name, scope);
        expect(doubt?.certain).toBe(false);
        expect(plain(doubt?.message ?? text``)).toBe(`${name} is not a known permission`);
        expect(plain(doubt?.advice ?? text``)).toMatch(/^Sending it as typed/);
      }
    },
  );
});
