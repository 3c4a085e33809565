import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { digestOf } from '../../src/emulator/state/secrets.ts';
import { createHome, type Home } from '../support/cli.ts';
import { issueVariables } from '../support/issue-promise.ts';
import { runWithCommands } from '../support/patient.ts';
import { shellWords } from '../support/shell-words.ts';

const PAGE = readFileSync(new URL('../../docs/recipes.md', import.meta.url), 'utf8');
const PROGRAM = 'pscale-service-token ';

/** The lines of each recipe, by the heading and the words before them. */
const RECIPES = [...PAGE.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) =>
  block.trimEnd().split('\n'),
);

let home: Home;
let emulator: Emulator;
let path: string;
beforeEach(async () => {
  home = createHome();
  emulator = await startEmulator({ seed: { databases: [{ name: 'shop' }] } });
  const bin = join(home.path, 'bin');
  path = `${bin}:${process.env.PATH}`;
  mkdirSync(bin);
  // Stands for each store: keeps its words and what it reads, and passes on what a pipeline is to read.
  writeFileSync(
    join(bin, 'store'),
    `#!/bin/sh
printf '%s\\n' "$(basename "$0")" "$@" >> "${home.path}/words"
mine="${home.path}/read.$$"
case " $* " in
  *" /dev/stdin "*|*"=/dev/stdin"*|*"file:///dev/stdin"*) cat /dev/stdin > "$mine" ;;
  *) cat > "$mine" ;;
esac
case " $* " in *" --dry-run=client "*) cat "$mine" ;; esac
mv "$mine" "${home.path}/read"
`,
    { mode: 0o755 },
  );
  for (const name of NAMES) symlinkSync('store', join(bin, name));
});
afterEach(async () => {
  await emulator.close();
  home.remove();
});

/** The commands of the stores, each of which the page mentions. */
const NAMES = [
  'gh',
  'kubectl',
  'vault',
  'aws',
  'gcloud',
  'az',
  'doppler',
  'fly',
  'wrangler',
  'glab',
  'docker',
  'systemd-creds',
  'sops',
];

test('has a recipe for each store, the first time and the rotation, with its reference', () => {
  expect(RECIPES).toHaveLength(16);
  for (const [first, rotation, ...others] of RECIPES) {
    expect(first).toMatch(/^pscale-service-token create /);
    expect(rotation).toMatch(/^pscale-service-token rotate ci-deploy /);
    expect(others).toEqual([]);
  }
  for (const name of NAMES) expect(PAGE).toContain(` ${name} `);
  expect(PAGE).toMatch(/References as of \d{4}-\d{2}-\d{2}/);
});

test.each(RECIPES.map((lines) => [lines[1]?.split(' -- ')[1] ?? '', lines] as const))(
  'the store of %s gets a token that works, and nobody else its secret',
  async (_, lines) => {
    for (const line of lines) {
      expect(line.startsWith(PROGRAM)).toBe(true);
      rmSync(join(home.path, 'words'), { force: true });
      const ran = await runWithCommands(
        shellWords(line.slice(PROGRAM.length)),
        { home: home.path, variables: issueVariables(emulator) },
        path,
      );
      expect(ran, line).toMatchObject({ status: 0 });
      const read = readFileSync(join(home.path, 'read'), 'utf8');
      const secret = /pscale_tkn_[\w.~+/=-]+/.exec(read)?.[0] ?? '';
      expect(ran.stdout + ran.stderr + readFileSync(join(home.path, 'words'), 'utf8')).not.toContain(secret);
      const isStored = ({ secret_sha256 }: { secret_sha256: string | null }): boolean =>
        secret_sha256 === digestOf(secret);
      const token = emulator.snapshot().service_tokens.find(isStored);
      expect(token).toMatchObject({ name: 'ci-deploy' });
      // No recipe loses the new ID, which changes with the secret.
      expect(read).toContain(token?.id);
    }
    const { service_tokens: left } = emulator.snapshot();
    expect(left).toHaveLength(lines[1]?.includes('--delete-old-after') ? 2 : 1);
  },
);
