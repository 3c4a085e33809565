import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withVariables } from '../../src/delivery/env-text.ts';
import { createHome, type Home } from '../support/cli.ts';

let home: Home;
beforeEach(() => {
  home = createHome();
});
afterEach(() => home.remove());

const PRINT = `. ./file && printf '%s|%s|%s' "$PLANETSCALE_SERVICE_TOKEN_ID" "$PLANETSCALE_SERVICE_TOKEN" "$A"`;

test.each([
  ['', ''],
  ['A=1', '1'],
  [
    'export PLANETSCALE_SERVICE_TOKEN=old\nA="x\nPLANETSCALE_SERVICE_TOKEN=y"\n',
    'x\nPLANETSCALE_SERVICE_TOKEN=y',
  ],
  ['PLANETSCALE_SERVICE_TOKEN = old\nA=1 # PLANETSCALE_SERVICE_TOKEN=no\n', '1'],
  ['PLANETSCALE_SERVICE_TOKEN="old"#comment\nA=$PLANETSCALE_SERVICE_TOKEN\n', undefined],
  ['PLANETSCALE_SERVICE_TOKEN=old; export PLANETSCALE_SERVICE_TOKEN\nA=1\n', '1'],
])('a shell reads the new values from what was %j', (content, a) => {
  for (const value of ['pscale_tkn_abc.DEF-1=', 'a b', '$HOME `id` "x" \\n #', "it's", '']) {
    const result = withVariables(
      content,
      new Map([
        ['PLANETSCALE_SERVICE_TOKEN_ID', 'k3j9'],
        ['PLANETSCALE_SERVICE_TOKEN', value],
      ]),
    );
    if ('problem' in result) throw new Error('it was refused');
    writeFileSync(join(home.path, 'file'), result.content);
    const read = execFileSync('sh', ['-c', PRINT], { cwd: home.path, encoding: 'utf8', env: { HOME: '/h' } });
    expect(read).toBe(`k3j9|${value}|${a ?? value}`);
  }
});
