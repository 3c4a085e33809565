import { test } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';
import { createHome } from '../support/cli.ts';
import { KEYS, openTerminal, SIZES } from '../support/terminal.ts';

test.each(SIZES)('look %o', async (size) => {
  const home = createHome();
  const emulator = await startEmulator({
    seed: {
      databases: [
        { name: 'blog', kind: 'mysql', branches: [{ name: 'main', production: true }, { name: 'old' }] },
        ...Array.from({ length: 30 }, (_, i) => ({ name: `db-${i}` })),
      ],
      tokens: [
        { id: 'tok000000001', name: 'evil\u001b[31m\u009b2J\nname' },
        { id: 'tok000000002', name: 'ci', access: [{ database: 'blog', access: ['read_branch'] }] },
      ],
    },
  });
  const env = {
    PLANETSCALE_API_URL: emulator.url,
    PLANETSCALE_ORG: 'acme',
    PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
  };
  const show = async (args: string[], ...steps: [string, string][]) => {
    const t = openTerminal(args, { home, env, ...size });
    for (const [until, keys] of steps) {
      await t.until(until);
      t.type(keys);
    }
    const end = await t.ended;
    const s = await t.screen();
    console.log(
      args.join(' '),
      JSON.stringify(end),
      s.showsCursor,
      s.deeds,
      '\n' +
        s
          .rows()
          .map((r) => `|${r}`)
          .join('\n'),
    );
  };
  await show(['delete', 'tok000000001'], ['Esc cancel', 'y\r']);
  await show(['delete', 'tok000000002'], ['Esc cancel', KEYS.ctrlC]);
  await show(['delete', 'tok000000002'], ['Esc cancel', KEYS.ctrlD]);
  await show(['delete', 'tok000000002'], ['Esc cancel', 'prune --apply blabla blabla\r']);
  await show(
    ['branch', 'delete', 'blog', 'old'],
    ['Enter accept', `${'x'.repeat(90)}${KEYS.backspace.repeat(90)}blog/old\r`],
  );
  await show(
    ['edit'],
    ['Which service', 'ci\r'],
    ['Where should', 'blog\r'],
    ['on database blog', 'create_branch'],
    ['Filter: create_branch', ' \r'],
    ['(y/N)', 'y\r'],
  );
  await show(
    ['create', '-i'],
    ['Name of', 'ci-deploy\r'],
    ['expire?', 'custom\r'],
    ['how long', 'soon\r'],
    ['length of time', `${KEYS.backspace.repeat(4)}90m\r`],
    ['Where should', 'done\r'],
    ['(y/N)', 'y\r'],
  );
  await emulator.close();
  home.remove();
});
