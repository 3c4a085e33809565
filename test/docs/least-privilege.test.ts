import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { leastPrivilegePage } from '../../scripts/least-privilege-page.ts';
import { allRequirements } from '../../src/permissions/requirements.ts';

const page = readFileSync(new URL('../../docs/least-privilege.md', import.meta.url), 'utf8');

test('docs/least-privilege.md is what --for grants: run npm run docs where a change of it is meant', () => {
  expect(leastPrivilegePage()).toBe(page);
});

test('it has each operation once', () => {
  const ids = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, id]) => id);
  const all = [...allRequirements().values()].map(({ operationId }) => operationId);
  expect(ids.toSorted()).toEqual(all.toSorted());
});
