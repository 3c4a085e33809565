import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';
import { createHome, runCli } from '../support/cli.ts';

/** What libraries of different ages take to be of different widths. */
const NAMES = [
  'ascii',
  '名前',
  '한국어',
  'ＡＢＣ',
  'e\u0301te\u0301',
  '🔑',
  '🇨🇭',
  '👍🏽',
  '❤️',
  '1\ufe0f\u20e3',
  'กำ',
  'क्षि',
  'ﾊﾟ',
  '\u1112\u1161\u11ab',
  '🫩',
];

test('tables of the program as it is built line up, whatever script a name is in', async () => {
  const home = createHome();
  const tokens = NAMES.map((name, index) => ({ id: `tok${String(index).padStart(9, '0')}`, name }));
  const emulator = await startEmulator({ seed: { tokens } });
  const { status, stdout } = await runCli(['list', '--columns', 'name,id', '--format', 'human'], {
    home,
    env: {
      PLANETSCALE_API_URL: emulator.url,
      PLANETSCALE_ORG: emulator.organization,
      PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
    },
  });
  await emulator.close();
  home.remove();
  expect(status).toBe(0);
  const rows = stdout.trimEnd().split('\n').slice(1);
  expect(rows).toHaveLength(NAMES.length);
  for (const [index, name] of NAMES.entries()) expect(rows[index]).toContain(name);
  expect(new Set(rows.map((row) => stringWidth(row)))).toEqual(new Set([stringWidth(rows[0] ?? '')]));
});
