import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { helpOf } from '../../src/cli/help.ts';
import type { Tree } from '../../src/cli/tree.ts';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createHost, type Ran } from '../support/host.ts';
import { ISSUE_SEED, issueVariables, OLD } from '../support/issue-promise.ts';
import { run } from '../support/program.ts';

const SAMPLE = new URL('../fixtures/show-owner.ts', import.meta.url);
const PAGE = readFileSync(new URL('../../docs/adding-a-command.md', import.meta.url), 'utf8');

/** As one line of src/commands/all.ts adds it. */
const TREE: Tree = [
  {
    name: 'show-owner',
    summary: 'Show who created a service token',
    load: async () => (await import('../fixtures/show-owner.ts')).showOwner,
  },
];

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator({ seed: ISSUE_SEED });
});
afterEach(() => emulator.close());

async function ran(...argv: string[]): Promise<Ran> {
  const host = createHost({ variables: issueVariables(emulator) });
  const status = await run(argv, host, TREE);
  return { status, ...host.written };
}

describe('the command that docs/adding-a-command.md adds', () => {
  test('is what the page shows, and no longer than 30 lines', () => {
    const sample = readFileSync(SAMPLE, 'utf8');
    const [, shown = ''] = /```ts\n(import.*?)```/s.exec(PAGE) ?? [];
    expect(shown.replaceAll("from '../", "from '../../src/")).toBe(sample);
    expect(sample.trimEnd().split('\n').length).toBeLessThanOrEqual(30);
  });

  test('reads one token, and shows its field in each format', async () => {
    const owner = 'Robin';
    expect(await ran('show-owner', OLD)).toEqual({
      status: 0,
      stdout: `  ID           ${OLD}\n  CREATED BY   ${owner}\n`,
      stderr: '',
    });
    expect((await ran('show-owner', OLD, '--format', 'csv')).stdout).toBe(`ID,CreatedBy\n${OLD},${owner}\n`);
    const { stdout } = await ran('--format=json', 'show-owner', OLD);
    expect(JSON.parse(stdout)).toEqual({ id: OLD, owner });
    expect(emulator.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(
      Array(3).fill(`GET /v1/organizations/acme/service-tokens/${OLD}`),
    );
  });

  test('takes a name for the token, and has the usual failures', async () => {
    expect(await ran('show-owner', 'name:nobody')).toMatchObject({ status: 2, stdout: '' });
    expect(await ran('show-owner', 'tokmissing01')).toMatchObject({ status: 2, stdout: '' });
    for (const mistake of [[], [OLD, 'extra'], [OLD, '--force']]) {
      const { status, stderr } = await ran('show-owner', ...mistake);
      expect(status).toBe(1);
      expect(stderr).toMatch(/^Error: /);
    }
  });

  test('behaves as the acceptance script on the page says', async () => {
    const [, seed = '', session = ''] = /```text\n@seed (.*?)\n(\$.*?)```/s.exec(PAGE) ?? [];
    await emulator.close();
    emulator = await startEmulator({ seed: JSON.parse(seed) });
    const steps = session.split(/^\$ pscale-service-token /m).slice(1);
    expect(steps).toHaveLength(2);
    for (const step of steps) {
      const [line = '', ...expected] = step.trimEnd().split('\n');
      const { status, stdout, stderr } = await ran(...line.split(' '));
      const told = stderr.replace(/^(?=.)/gm, '! ');
      const ended = status === 0 ? '' : `[${status}]\n`;
      expect(stdout + told + ended).toBe(`${expected.join('\n')}\n`);
    }
  });

  test('has help', async () => {
    const help = await helpOf(TREE, ['show-owner'], 80);
    expect(help).toContain('Usage: pscale-service-token show-owner [options] <token-id>');
    expect(help).toContain('# Whom to ask before it is deleted');
    expect(await ran('show-owner', '--help')).toMatchObject({
      status: 0,
      stdout: await helpOf(TREE, ['show-owner'], 100),
    });
    expect((await ran('--help')).stdout).toContain('show-owner  Show who created a service token');
  });
});
