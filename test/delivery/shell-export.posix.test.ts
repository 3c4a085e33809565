import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { exportLines } from '../../src/delivery/shell-export.ts';

test.each(['pscale_tkn_A-b.c=', 'a b', '$(id) `id` $HOME', `it's "x" \\`, 'ü', ''])(
  'a shell, and what it starts, gets exactly the value %j',
  (token) => {
    const script = `${exportLines({ id: 'k3j9x0q2m7ab', token })}exec sh -c 'printf "%s|%s" "$PLANETSCALE_SERVICE_TOKEN_ID" "$PLANETSCALE_SERVICE_TOKEN"'`;
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(`k3j9x0q2m7ab|${token}`);
  },
);
