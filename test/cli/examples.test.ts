import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseCommandLine } from '../../src/cli/parse.ts';
import { isGroup } from '../../src/cli/tree.ts';
import { COMMANDS } from '../../src/commands/all.ts';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createHome, type Home } from '../support/cli.ts';
import { runInMemory } from '../support/host.ts';
import { issueVariables } from '../support/issue-promise.ts';
import { leavesOf } from '../support/tree.ts';

/** Every example that some help shows. */
const EXAMPLES = [
  ...(await leavesOf(COMMANDS)).flatMap(({ command }) => command.examples),
  ...COMMANDS.filter(isGroup).flatMap(({ examples }) => examples),
].map(([line, , parsedOnly]) => ({ line, parsedOnly }));

/** What the examples name. */
const SEED = {
  tokens: [
    {
      id: 'k3j9x0q2m7ab',
      name: 'ci-deploy',
      access: [{ database: 'shop', access: ['read_branch', 'delete_branch'] }],
    },
    { id: 'tok000000002', name: 'tryout' },
  ],
  databases: [
    {
      name: 'shop',
      branches: [{ name: 'main', production: true }, { name: 'staging' }],
    },
  ],
};

/** What the examples of access are about: it is so already. */
const FILE = `version: 1
organization: acme
owns: [ci-deploy]
tokens:
  ci-deploy:
    id: k3j9x0q2m7ab
    access:
      databases:
        shop: [delete_branch, read_branch]
`;

/** The words of an example, as a shell makes them; where its output goes is the shell's. */
function wordsOf(line: string): string[] {
  const [command = ''] = line.split(' > ');
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

let home: Home;
let emulator: Emulator;
beforeEach(async () => {
  home = createHome();
  emulator = await startEmulator({ seed: SEED });
  writeFileSync(join(home.path, 'service-tokens.yml'), FILE);
});
afterEach(async () => {
  await emulator.close();
  home.remove();
});

describe('the examples of help', () => {
  test.each(EXAMPLES.filter(({ parsedOnly }) => parsedOnly === undefined))('run: $line', async ({ line }) => {
    const words = wordsOf(line);
    if (/^branch (show|delete) shop feature-1/.test(line)) {
      await runInMemory(['branch', 'create', 'shop', 'feature-1'], { variables: issueVariables(emulator) });
    }
    const ran = await runInMemory(words, {
      variables: issueVariables(emulator),
      home: home.path,
      workingDirectory: home.path,
    });
    expect(ran.stderr).not.toContain('Error');
    expect(ran.status).toBe(0);
  });

  test.each(EXAMPLES.filter(({ parsedOnly }) => parsedOnly !== undefined))(
    'can be parsed: $line ($parsedOnly)',
    async ({ line }) => {
      mkdirSync(join(home.path, 'ci'));
      const parsed = await parseCommandLine(COMMANDS, wordsOf(line), 80, () => {});
      if (parsed.kind !== 'call') throw new Error(`${line} calls no command`);
      parsed.command.prepare(parsed.line, { warn: () => {} });
    },
  );
});
