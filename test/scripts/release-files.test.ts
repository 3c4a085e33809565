import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CliResult, createHome, finished, type Home } from '../support/cli.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const TARGETS = [
  'darwin-arm64',
  'darwin-x64',
  'linux-arm64',
  'linux-arm64-musl',
  'linux-x64',
  'linux-x64-musl',
  'windows-x64.exe',
];

let home: Home;
let folder: string;
beforeEach(() => {
  home = createHome();
  folder = join(home.path, 'release');
  mkdirSync(folder);
});
afterEach(() => home.remove());

function put(targets: readonly string[]): void {
  for (const target of targets) writeFileSync(join(folder, `pscale-service-token-${target}`), target);
}

function releaseFiles(repository: string): Promise<CliResult> {
  const script = join(root, 'scripts', 'release-files.js');
  return finished(spawn(process.execPath, [script, folder, repository], { cwd: root }));
}

test('sums every file, the install script too', async () => {
  put(TARGETS);
  writeFileSync(join(folder, 'LICENSE'), 'words');
  expect((await releaseFiles('acme/tokens')).status).toBe(0);
  const names = readdirSync(folder).filter((name) => name !== 'SHA256SUMS');
  expect(names).toEqual(expect.arrayContaining(['LICENSE', 'install.sh']));
  const lines = names.sort().map((name) => {
    const sum = createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
    return `${sum}  ${name}\n`;
  });
  expect(readFileSync(join(folder, 'SHA256SUMS'), 'utf8')).toBe(lines.join(''));
});

test('does not sum the sums of an earlier try', async () => {
  put(TARGETS);
  await releaseFiles('acme/tokens');
  const first = readFileSync(join(folder, 'SHA256SUMS'), 'utf8');
  await releaseFiles('acme/tokens');
  expect(readFileSync(join(folder, 'SHA256SUMS'), 'utf8')).toBe(first);
});

test('tells the install script which repository to download from', async () => {
  put(TARGETS);
  await releaseFiles('acme/tokens');
  const script = readFileSync(join(folder, 'install.sh'), 'utf8');
  expect(script).toContain("\nREPOSITORY='acme/tokens'\n");
  expect(script).not.toContain('OWNER/pscale-service-token');
});

test.each(['acme', "acme/tokens'; touch oops; '", ''])('refuses %j as a repository', async (repository) => {
  put(TARGETS);
  const { status, stderr } = await releaseFiles(repository);
  expect(stderr).toContain(JSON.stringify(repository));
  expect(status).toBe(1);
  expect(readdirSync(folder)).toHaveLength(TARGETS.length);
});

test('names what is missing, and writes nothing', async () => {
  put(TARGETS.filter((target) => target !== 'linux-arm64' && target !== 'windows-x64.exe'));
  const { status, stderr } = await releaseFiles('acme/tokens');
  expect(stderr).toContain(': pscale-service-token-linux-arm64, pscale-service-token-windows-x64.exe.');
  expect(status).toBe(1);
  expect(readdirSync(folder)).toHaveLength(TARGETS.length - 2);
});
