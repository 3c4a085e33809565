import { expect, test } from 'vitest';
import { renderCsv } from '../../src/output/csv.ts';
import { renderHuman } from '../../src/output/human.ts';
import { createStyle } from '../../src/output/style.ts';
import { plain } from '../../src/text/text.ts';
import { gatheredRows, grantList, grantRows, productionAdvice } from '../../src/views/grants.ts';

const ROWS = [
  { resource_name: 'shop', resource_type: 'Database', accesses: ['read_branch', 'create_branch'] },
  { resource_name: 'acme', resource_type: 'Organization', accesses: ['read_databases'] },
];

test('grants have the keys of the official CLI in its order', () => {
  expect(JSON.stringify(grantList('k3j9', ROWS).data)).toBe(JSON.stringify(ROWS));
});

test('grants pass nothing on that is not shown', () => {
  const [row = { resource_name: '', resource_type: '', accesses: [] }] = ROWS;
  expect(grantList('k3j9', [{ ...row, ...{ resource_id: 'd9s8' } }]).data).toEqual([row]);
});

test('grants have the columns of the official CLI in CSV, the accesses as a JSON array', () => {
  expect(renderCsv(grantList('k3j9', ROWS).table)).toBe(
    'ResourceName,ResourceType,Accesses\n' +
      'shop,Database,"[""read_branch"",""create_branch""]"\n' +
      'acme,Organization,"[""read_databases""]"\n',
  );
});

test('grants are a table for people, and a sentence with the id where there is none', () => {
  expect(renderHuman(grantList('k3j9', ROWS), createStyle(false), 0)).toBe(
    '  RESOURCE NAME   RESOURCE TYPE   ACCESSES\n' +
      '  shop            Database        read_branch, create_branch\n' +
      '  acme            Organization    read_databases\n',
  );
  expect(renderHuman(grantList('k3j9', []), createStyle(false), 0)).toBe(
    'Service token k3j9 has no permissions yet.\n',
  );
});

test.each([
  [['read_branch', 'connect_production_branch'], 1],
  [['read_branch', 'connect_branch'], 0],
  [[], 0],
])('of %j, %i note says that production data can be reached', (names, count) => {
  const advice = productionAdvice(names).map(plain);
  expect(advice).toHaveLength(count);
  for (const note of advice) expect(note).toMatch(/^Note: connect_production_/);
});

test('grants of the API are one row a resource, with the names of the accesses alone', () => {
  const access = (name: string) => ({ access: name, description: 'May do it' });
  const grant = { id: 'g1', resource_id: 'd9s8', resource_name: 'shop', resource_type: 'Database' };
  expect(grantRows([{ ...grant, accesses: [access('read_branch'), access('create_branch')] }])).toEqual([
    ROWS[0],
  ]);
});

test('rows of one access each are gathered by resource, in the order of the API, whatever the names', () => {
  const row = (access: string, type: string, name: string) => ({
    id: access,
    access,
    resource: { id: 'r1', type, name },
  });
  expect(
    gatheredRows([
      row('read_branch', 'Database', 'shop'),
      row('read_databases', 'Organization', 'acme'),
      row('create_branch', 'Database', 'shop'),
    ]),
  ).toEqual(ROWS);
  // The organization and a database may have the same name.
  expect(
    gatheredRows([row('read_branch', 'Database', 'acme'), row('read_databases', 'Organization', 'acme')]),
  ).toHaveLength(2);
});
