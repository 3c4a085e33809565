import { expect, test } from 'vitest';
import { exportLines } from '../../src/sinks/shell-export.ts';

test('there are two lines and nothing else', () => {
  expect(exportLines({ id: 'k3j9x0q2m7ab', token: 'pscale_tkn_A-b.c=' })).toBe(
    'export PLANETSCALE_SERVICE_TOKEN_ID=k3j9x0q2m7ab\nexport PLANETSCALE_SERVICE_TOKEN=pscale_tkn_A-b.c=\n',
  );
});

test('a value is quoted where it has to be', () => {
  expect(exportLines({ id: 'a b', token: "$(id)'" })).toBe(
    `export PLANETSCALE_SERVICE_TOKEN_ID='a b'\nexport PLANETSCALE_SERVICE_TOKEN='$(id)'\\'''\n`,
  );
});
