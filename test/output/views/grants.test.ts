import { expect, test } from 'vitest';
import { renderCsv } from '../../../src/output/csv.ts';
import { renderHuman } from '../../../src/output/human.ts';
import { createStyle } from '../../../src/output/style.ts';
import { grantList } from '../../../src/output/views/grants.ts';
import { text } from '../../../src/text.ts';

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
    'Service token k3j9 has no access yet.\n',
  );
});

test('advice is kept for stderr', () => {
  expect(grantList('k3j9', ROWS, [text`Mind the gap.`]).notes).toEqual([text`Mind the gap.`]);
});
