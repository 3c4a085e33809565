import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CliResult, createHome, finished, type Home } from '../support/cli.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/release-notes.js', import.meta.url));

const CHANGELOG = `# Changelog

## [Unreleased]

## [0.2.0] - 2026-02-03

### Added

- One thing, told
  in two lines.
- Another.

\`\`\`sh
as it
is
\`\`\`

## [0.1.1] - 2026-01-31

### Added

## 0.1.0

- The first.

[0.1.0]: https://example.com/0.1.0
`;

let project: Home;
beforeEach(() => {
  project = createHome();
  writeFileSync(join(project.path, 'CHANGELOG.md'), CHANGELOG);
});
afterEach(() => project.remove());

function releaseNotes(tag: string, version: string): Promise<CliResult> {
  writeFileSync(join(project.path, 'package.json'), JSON.stringify({ version }));
  return finished(spawn(process.execPath, [SCRIPT, tag], { cwd: project.path }));
}

describe('the notes of a version', () => {
  test('are its section, with a line for each item', async () => {
    const { stdout, status } = await releaseNotes('v0.2.0', '0.2.0');
    expect(status).toBe(0);
    expect(stdout).toBe(
      '### Added\n\n- One thing, told in two lines.\n- Another.\n\n```sh\nas it\nis\n```\n',
    );
  });

  test('end before link definitions', async () => {
    expect((await releaseNotes('0.1.0', '0.1.0')).stdout).toBe('- The first.\n');
  });

  test('are the same with line ends of Windows', async () => {
    writeFileSync(join(project.path, 'CHANGELOG.md'), CHANGELOG.replaceAll('\n', '\r\n'));
    expect((await releaseNotes('v0.1.0', '0.1.0')).stdout).toBe('- The first.\n');
  });
});

describe('there are none', () => {
  test.each([
    ['another version than that of package.json', 'v0.2.0', '0.1.0', /v0\.2\.0 .* package\.json, .* 0\.1\.0/],
    ['a version without a section', 'v0.3.0', '0.3.0', /no section for 0\.3\.0.*## \[0\.3\.0\]/],
    ['a version that only begins like one', 'v0.2', '0.2', /no section for 0\.2\./],
    ['a section of headings only', 'v0.1.1', '0.1.1', /section for 0\.1\.1 .* is empty/],
  ])('for %s', async (_, tag, version, message) => {
    const { stdout, stderr, status } = await releaseNotes(tag, version);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(status).toBe(1);
  });
});
