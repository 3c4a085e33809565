import { describe, expect, test } from 'vitest';
import { abilitiesOf } from '../../src/permissions/abilities.ts';
import { CATALOGUE } from '../../src/permissions/catalogue.ts';
import { allRequirements } from '../../src/permissions/requirements.ts';
import { findOperations, searchPermissions } from '../../src/permissions/search.ts';
import permissions from '../fixtures/permissions.json' with { type: 'json' };

const namesOf = (words: string[]): string[] => searchPermissions(words).map(({ name }) => name);
const idsOf = (query: string): string[] => findOperations(query).map(({ operationId }) => operationId);

describe('searching permissions', () => {
  test('without words finds all of them', () => {
    expect(searchPermissions([])).toEqual(CATALOGUE);
  });

  test.each([
    [['create_branch'], 'create_branch'],
    [['create-branch'], 'create_branch'],
    [['CREATE', 'Branch'], 'create_branch'],
    [['invoices'], 'read_invoices'],
    [['bills'], 'read_invoices'],
    [['prometheus'], 'read_metrics_endpoints'],
  ])('%j finds %s', (words, name) => {
    expect(namesOf(words)).toContain(name);
  });

  test('every word has to be in it', () => {
    expect(namesOf(['backup', 'production']).every((name) => name.includes('production'))).toBe(true);
    expect(namesOf(['backup', 'invoices'])).toEqual([]);
  });

  test('finds permissions by scope and subject', () => {
    expect(searchPermissions(['organization', 'oauth']).map(({ subject }) => subject)).toEqual(
      Array(4).fill('OAuth'),
    );
  });
});

describe('finding operations', () => {
  const path = '/organizations/{organization}/databases/{database}/branches';
  test.each([
    ['branch create', ['create_branch']],
    ['create branch', ['create_branch']],
    ['create_branch', ['create_branch']],
    ['branch list', ['list_branches']],
    ['branch ls', ['list_branches']],
    ['branch show', ['get_branch']],
    ['branch rm', ['delete_branch']],
    ['service-token create', ['create_service_token']],
    ['service-token list', ['list_service_tokens']],
    ['database delete', ['delete_database']],
    ['deploy-request create', ['create_deploy_request']],
    [`POST ${path}`, ['create_branch']],
    [`post ${path}/`, ['create_branch']],
    [`POST /v1${path}`, ['create_branch']],
    ['POST /organizations/acme/databases/shop/branches', ['create_branch']],
    ['DELETE /v1/organizations/acme/databases/shop/branches/main', ['delete_branch']],
    ['create a branch', ['create_branch']],
    ['make a new branch', ['create_branch']],
    ['remove the db', ['delete_database']],
    ['show a deploy request', ['get_deploy_request']],
    ['POST …/branches', ['create_branch']],
    ['POST .../branches', ['create_branch']],
    ['post /organizations/…/branches', ['create_branch']],
    ['…/branches', ['create_branch', 'list_branches']],
    [path, ['create_branch', 'list_branches']],
    ['DELETE …/branches/main', ['delete_branch']],
    ['POST …/nothing', []],
    ['PATCH /organizations/acme/databases/shop/branches', []],
    ['GET /elsewhere', []],
    ['wat', []],
    ['', []],
    ['!!!', []],
  ])('%j means %j', (query, ids) => {
    expect(idsOf(query)).toEqual(ids);
  });

  test('words that name no call exactly find all that hold them', () => {
    const found = idsOf('backup');
    expect(found).toEqual(
      expect.arrayContaining(['list_backups', 'get_backup', 'create_backup', 'delete_backup']),
    );
  });

  test('several matches are all found', () => {
    const found = idsOf('deploy request');
    expect(found).toEqual(
      expect.arrayContaining(['create_deploy_request', 'get_deploy_request', 'list_deploy_requests']),
    );
  });

  test('every published call is found by its name and by its path, with the published accesses', () => {
    for (const [operation, { operationId, anyOf }] of Object.entries(permissions.operationRequirements)) {
      expect(idsOf(operation)).toEqual([operationId]);
      expect(idsOf(operationId)).toContain(operationId);
      const [found] = findOperations(operation);
      expect(new Set(found?.anyOf)).toEqual(new Set(anyOf));
      expect(found?.published).toBe(true);
    }
    expect([...allRequirements().values()].filter(({ published }) => published)).toHaveLength(
      Object.keys(permissions.operationRequirements).length,
    );
  });
});

describe('what a token can do', () => {
  test('an access on a database opens calls below that database, and says by which access', () => {
    const abilities = abilitiesOf([
      { resource_name: 'shop', resource_type: 'Database', accesses: ['read_branch', 'create_branch'] },
    ]);
    const ids = abilities.map(({ requirement }) => requirement.operationId);
    expect(ids).toContain('create_branch');
    expect(ids).not.toContain('delete_branch');
    expect(
      abilities.every(({ requirement }) => requirement.operation.includes('/databases/{database}')),
    ).toBe(true);
    expect(abilities.find(({ requirement }) => requirement.operationId === 'list_branches')?.by).toEqual([
      'read_branch',
      'create_branch',
    ]);
  });

  test('an access on the organization opens calls of the organization', () => {
    const abilities = abilitiesOf([
      { resource_name: 'acme', resource_type: 'Organization', accesses: ['read_service_tokens'] },
    ]);
    expect(abilities.map(({ requirement }) => requirement.operationId)).toEqual([
      'list_service_tokens',
      'get_service_token',
    ]);
  });

  test('an access that nobody has published anything about opens nothing that is known', () => {
    expect(
      abilitiesOf([{ resource_name: 'shop', resource_type: 'Database', accesses: ['time_travel'] }]),
    ).toEqual([]);
    expect(abilitiesOf([])).toEqual([]);
  });

  test('the catalogue names each permission that an operation asks for', () => {
    const known = new Set(CATALOGUE.map(({ name }) => name));
    const asked = [...allRequirements().values()].flatMap(({ anyOf }) => anyOf);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  });
});
