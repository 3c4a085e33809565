import { expect, test } from 'vitest';
import { printed } from '../../src/delivery/hand-over.ts';
import { exportLines } from '../../src/delivery/shell-export.ts';
import { failureOf } from '../support/host.ts';

test('there are two lines and nothing else', () => {
  expect(exportLines({ id: 'k3j9x0q2m7ab', token: 'pscale_tkn_A-b.c=' })).toBe(
    'export PLANETSCALE_SERVICE_TOKEN_ID=k3j9x0q2m7ab\nexport PLANETSCALE_SERVICE_TOKEN=pscale_tkn_A-b.c=\n',
  );
});

test('a secret that cannot be exported is the reason told', async () => {
  const failure = await failureOf(() =>
    printed(async () => void exportLines({ id: 'k3j9x0q2m7ab', token: 'a\u001bb' })),
  );
  expect(failure.message).toBe(
    'the new token could not be written to stdout: the value of PLANETSCALE_SERVICE_TOKEN contains control characters',
  );
});

test('a value is quoted where it has to be', () => {
  expect(exportLines({ id: 'a b', token: "$(id)'" })).toBe(
    `export PLANETSCALE_SERVICE_TOKEN_ID='a b'\nexport PLANETSCALE_SERVICE_TOKEN='$(id)'\\'''\n`,
  );
});

test.each(['a\nb', 'a\rb', 'a\0', 'a\u001b[31m', 'a\u0085', 'a\u2028', '\ud800'])(
  'a value with control characters is refused, not shown to a terminal: %j',
  async (value) => {
    for (const pair of [
      { id: 'k3j9x0q2m7ab', token: value },
      { id: value, token: 'pscale_tkn_A' },
    ]) {
      const failure = await failureOf(() => exportLines(pair));
      expect(failure.code).toBe('COMMAND_FAILED');
      expect(failure.message).toMatch(
        /^the value of PLANETSCALE_SERVICE_TOKEN(_ID)? contains control characters$/,
      );
    }
  },
);
