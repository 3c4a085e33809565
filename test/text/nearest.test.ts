import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../src/permissions/catalogue.ts';
import { nearest } from '../../src/text/nearest.ts';

const NAMES = CATALOGUE.map(({ name }) => name);

describe('among the permissions', () => {
  test.each([
    ['read_branh', 'read_branch'],
    ['read_brnach', 'read_branch'],
    ['raed_branch', 'read_branch'],
    ['reed_branch', 'read_branch'],
    ['readbranch', 'read_branch'],
    ['read-branch', 'read_branch'],
    ['READ_BRANCH', 'read_branch'],
    ['Read-Branch', 'read_branch'],
    ['read_branches', 'read_branch'],
    ['create_branchs', 'create_branch'],
    ['delete_databse', 'delete_database'],
    ['delete_databasess', 'delete_databases'],
    ['read_service_token', 'read_service_tokens'],
    ['connect_production_readonly_branch', 'connect_production_read_only_branch'],
    ['delete_production_branch_pasword', 'delete_production_branch_password'],
    ['write_backup', 'write_backups'],
    ['promote_branch', 'promote_branches'],
  ])('%s most likely meant %s', (typed, meant) => {
    expect(nearest(typed, NAMES)).toBe(meant);
  });

  test.each([
    'read_webhooks',
    'write_webhooks',
    'read_bouncers',
    'create_password',
    'read_everything',
    'manage_billing',
    'rotate_secrets',
    'update_branch',
    'read_teams',
    'delete_teams',
    'read_workflows',
    'admin',
    'x',
    '',
    '*',
  ])('%j is like none of them: it may be new', (name) => {
    expect(nearest(name, NAMES)).toBeUndefined();
  });

  test.each([
    'create_service_tokens',
    'update_service_tokens',
    'write_oauth_applications',
    'delete_oauth_applications',
    'create_oauth_applications',
    'create_production_branch_backups',
    'delete_production_branch_vschema',
    'read_production_branch_vschema',
    'delete_metrics_endpoints',
    'connect_production_read_write_branch',
  ])(
    '%s says another verb than any known one: it may be new, and the other verb does other things',
    (name) => {
      expect(nearest(name, NAMES)).toBeUndefined();
    },
  );

  test('every known name is nearest to itself, in any case and with - for _', () => {
    for (const name of NAMES) {
      expect(nearest(name, NAMES)).toBe(name);
      expect(nearest(name.toUpperCase().replaceAll('_', '-'), NAMES)).toBe(name);
    }
  });

  test('one slip of a key in a name of some length is always found', () => {
    const slip = fc.tuple(
      fc.constantFrom(...NAMES),
      fc.nat(),
      fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz_'),
    );
    fc.assert(
      fc.property(slip, ([name, position, letter]) => {
        const at = position % name.length;
        const typed = `${name.slice(0, at)}${letter}${name.slice(at + 1)}`;
        expect(nearest(typed, NAMES)).toBeDefined();
      }),
    );
  });
});

describe('among other words', () => {
  test.each([
    ['lst', ['create', 'list', 'show'], 'list'],
    ['delte', ['delete', 'delete-access'], 'delete'],
    ['show_access', ['show', 'show-access'], 'show-access'],
    ['--databse', ['--database', '--org'], '--database'],
    ['--no-colour', ['--no-color', '--debug'], '--no-color'],
    ['--organisation-level', ['--organization-level', '--org'], '--organization-level'],
  ])('%s among %j is %s, written as it is there', (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });

  test.each([['ls'], ['version'], ['z'], ['']])('%j is like none of the commands', (word) => {
    expect(nearest(word, ['create', 'show', 'delete'])).toBeUndefined();
  });

  test('nothing is near where there is nothing', () => {
    expect(nearest('list', [])).toBeUndefined();
  });
});
