import { expect, test } from 'vitest';
import { render } from '../../src/output/printer.ts';
import type { Result } from '../../src/output/result.ts';
import { createStyle } from '../../src/output/style.ts';
import type { Format } from '../../src/settings/variables.ts';
import { text } from '../../src/text/text.ts';

const RESULT: Result = {
  data: { id: 'k3j9', name: null },
  table: { columns: [{ header: 'ID' }, { header: 'Name' }], rows: [['k3j9', '']] },
  human: { kind: 'sentence', text: text`Token k3j9 is there.` },
};

test.each<[Format, string]>([
  ['json', '{\n  "id": "k3j9",\n  "name": null\n}\n'],
  ['csv', 'ID,Name\nk3j9,\n'],
  ['human', 'Token k3j9 is there.\n'],
])('one result is rendered as %s', async (format, expected) => {
  expect(await render(RESULT, format, createStyle(false), () => 0)).toBe(expected);
});

test.each<Format>(['json', 'csv'])(
  '%s holds no escape code, not even where colour is wanted',
  async (format) => {
    expect(await render(RESULT, format, createStyle(true), () => 0)).toBe(
      await render(RESULT, format, createStyle(false), () => 0),
    );
  },
);
