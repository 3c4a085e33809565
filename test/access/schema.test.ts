import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { runInMemory } from '../support/host.ts';

const PAGE = readFileSync(new URL('../../docs/access-as-code.md', import.meta.url), 'utf8');
const [, FILE = ''] = /^```yaml\n(# yaml-language-server.*?)^```$/ms.exec(PAGE) ?? [];

async function isValid(content: unknown): Promise<boolean> {
  const { stdout, status } = await runInMemory(['access', 'schema', '--format', 'csv']);
  expect(status).toBe(0);
  return new Ajv({ strict: false }).compile(JSON.parse(stdout))(content);
}

test('the schema takes what an editor reads of the file on the page', async () => {
  const content: unknown = parse(FILE);
  expect(content).toMatchObject({ version: 1, tokens: { 'ci-migrate': { ttl: '90d' } } });
  expect(await isValid(content)).toBe(true);
});

const HEAD = { version: 1, organization: 'acme', owns: ['*'] };

test.each([
  ['an unknown key', { ...HEAD, token: {} }],
  ['an unknown key of a token', { ...HEAD, tokens: { ci: { acess: {} } } }],
  ['another version', { ...HEAD, version: 2 }],
  ['text for a list', { ...HEAD, owns: '*' }],
  ['nothing behind a key', { ...HEAD, tokens: { ci: { access: null } } }],
  ['a permission twice', { ...HEAD, tokens: { ci: { access: { organization: ['a', 'a'] } } } }],
  ['no organization', { version: 1, owns: [] }],
])('the schema refuses %s', async (_, content) => {
  expect(await isValid(content)).toBe(false);
});

test('the schema knows every permission, and lets one pass that it does not know', async () => {
  const { stdout } = await runInMemory(['access', 'schema']);
  expect(stdout).toContain('"read_databases"');
  expect(stdout).toContain('"connect_production_branch"');
  const tokens = { ci: { access: { databases: { shop: ['read_everything'] } }, ttl: 3600 } };
  expect(await isValid({ ...HEAD, tokens })).toBe(true);
});
