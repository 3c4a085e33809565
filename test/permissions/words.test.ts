import { expect, test } from 'vitest';
import { operationInWords } from '../../src/permissions/words.ts';

test.each([
  ['create_branch', 'create a branch'],
  ['list_branches', 'list branches'],
  ['get_organization', 'show an organization'],
  ['get_invoice_line_items', 'show invoice line items'],
  ['review_deploy_request', 'review a deploy request'],
])('%s is said as "%s"', (id, words) => {
  expect(operationInWords(id)).toBe(words);
});
