import { describe, expect, test } from 'vitest';
import { renderCsv } from '../../src/output/csv.ts';
import { renderHuman } from '../../src/output/human.ts';
import { createStyle } from '../../src/output/style.ts';
import { type BranchRow, branchDetail, branchList, createdBranch } from '../../src/views/branches.ts';

const NOW = Date.parse('2026-05-01T10:00:00Z');

const BRANCH: BranchRow = {
  id: 'b7n6v5c4x3z2',
  name: 'feature-1',
  parent_branch: 'main',
  production: false,
  ready: true,
  state: 'ready',
  kind: 'mysql',
  safe_migrations: true,
  region: { slug: 'us-east', display_name: 'US East', id: 'r1' },
  html_url: 'https://app.example.com/acme/shop/feature-1',
  created_at: '2026-05-01T09:00:00.000Z',
  updated_at: '2026-05-01T09:30:00.500Z',
};
const POSTGRES: BranchRow = { ...BRANCH, kind: 'postgresql', cluster_name: 'PS_10', replicas: 2 };

describe('JSON', () => {
  test('has the official keys in their order where the API gives the field, and invents none', () => {
    expect(JSON.stringify(branchDetail(BRANCH).data)).toBe(
      JSON.stringify({
        id: 'b7n6v5c4x3z2',
        name: 'feature-1',
        parent_branch: 'main',
        region: { slug: 'us-east', display_name: 'US East' },
        ready: true,
        production: false,
        html_url: 'https://app.example.com/acme/shop/feature-1',
        created_at: '2026-05-01T09:00:00Z',
        updated_at: '2026-05-01T09:30:00.5Z',
        safe_migrations: true,
      }),
    );
  });

  test('has the keys for Postgres where that is the kind', () => {
    expect(Object.keys(Object(branchDetail(POSTGRES).data))).toEqual([
      'id',
      'name',
      'cluster_name',
      'state',
      'created_at',
      'updated_at',
      'production',
      'ready',
      'parent_branch',
      'region',
      'kind',
      'replicas',
    ]);
  });

  test('has an empty parent for a branch without one', () => {
    expect(branchDetail({ ...BRANCH, parent_branch: null }).data).toMatchObject({ parent_branch: '' });
  });

  test('keeps three keys of the actor, and leaves out one that the API does not name', () => {
    const actor = { id: 'u5', type: 'User', display_name: 'Robin', avatar_url: 'https://example.com/a.png' };
    expect(branchDetail({ ...BRANCH, actor }).data).toMatchObject({
      actor: { type: 'User', id: 'u5', display_name: 'Robin' },
    });
    expect(JSON.stringify(branchDetail({ ...BRANCH, actor }).data)).not.toContain('avatar_url');
    expect(branchDetail({ ...BRANCH, actor: null }).data).toMatchObject({ actor: null });
  });
});

describe('CSV', () => {
  test('has the columns of the official CLI', () => {
    expect(renderCsv(branchList('shop', [BRANCH]).table)).toBe(
      'ID,Name,ParentBranch,Region,Production,SafeMigrations,Ready,CreatedAt,UpdatedAt\n' +
        'b7n6v5c4x3z2,feature-1,main,us-east,false,true,true,1777626000000,1777627800500\n',
    );
  });

  test('has no safe migrations for branches of a Postgres database', () => {
    expect(renderCsv(branchList('shop', [POSTGRES]).table)).toMatch(
      /^ID,Name,ParentBranch,Region,Production,Ready,CreatedAt,UpdatedAt\n/,
    );
  });
});

describe('for people', () => {
  test('a list is a table, "n/a" standing for no parent', () => {
    expect(
      renderHuman(branchList('shop', [{ ...BRANCH, parent_branch: null }]), createStyle(false), NOW),
    ).toBe(
      '  ID             NAME        PARENT BRANCH   REGION    PRODUCTION   SAFE MIGRATIONS   READY   CREATED AT   UPDATED AT\n' +
        '  b7n6v5c4x3z2   feature-1   n/a             us-east   No           Yes               Yes     1 hour ago   30 minutes ago\n',
    );
  });

  test('a database without branches is told of by name', () => {
    expect(renderHuman(branchList('shop', []), createStyle(false), NOW)).toBe(
      'Database shop has no branches.\n',
    );
  });

  test('a new branch is told of with its address, where there is one', () => {
    expect(renderHuman(createdBranch('shop', BRANCH), createStyle(false), NOW)).toBe(
      'Branch feature-1 was successfully created in shop.\n\n' +
        'View this branch in the browser: https://app.example.com/acme/shop/feature-1\n',
    );
    expect(renderHuman(createdBranch('shop', { ...BRANCH, html_url: '' }), createStyle(false), NOW)).toBe(
      'Branch feature-1 was successfully created in shop.\n',
    );
  });
});
