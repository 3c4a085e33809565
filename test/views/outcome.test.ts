import { expect, test } from 'vitest';
import { renderCsv } from '../../src/output/csv.ts';
import { renderHuman } from '../../src/output/human.ts';
import { renderJson } from '../../src/output/json.ts';
import { createStyle } from '../../src/output/style.ts';
import { text } from '../../src/text/text.ts';
import { outcome } from '../../src/views/outcome.ts';

test('an outcome is an object in JSON, one row in CSV and a sentence for people', () => {
  const removed = outcome(
    { perms: 'a,b', result: 'access removed' },
    { Result: 'access removed', Perms: 'a,b' },
    text`${'a'}, ${'b'} have been removed.`,
  );
  expect(renderJson(removed.data)).toBe('{\n  "perms": "a,b",\n  "result": "access removed"\n}\n');
  expect(renderCsv(removed.table)).toBe('Result,Perms\naccess removed,"a,b"\n');
  expect(renderHuman(removed, createStyle(false), 0)).toBe('a, b have been removed.\n');
});

test('one column is enough', () => {
  expect(renderCsv(outcome({}, { Result: 'token deleted' }, text`Done.`).table)).toBe(
    'Result\ntoken deleted\n',
  );
});
