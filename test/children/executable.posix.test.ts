import { chmodSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findProgram } from '../../src/children/executable.ts';
import { plain } from '../../src/text/text.ts';
import { createHome, type Home } from '../support/cli.ts';

let home: Home;
beforeAll(() => {
  home = createHome();
});
afterAll(() => home.remove());

function program(content: string | Buffer): ReturnType<typeof findProgram> {
  const path = join(home.path, 'program');
  writeFileSync(path, content);
  chmodSync(path, 0o755);
  return findProgram('./program', {
    variables: { PATH: '/usr/bin:/bin' },
    workingDirectory: home.path,
    home: undefined,
    platform: process.platform,
  });
}

const SHELL = readFileSync('/bin/sh');

describe('a file that the system would refuse to start is broken, with the reason', () => {
  test.each([
    ['', 'it is empty'],
    ['#!/no/such/shell\n', 'its interpreter /no/such/shell does not exist'],
    ['#! /no/such/shell -e\n', 'its interpreter /no/such/shell does not exist'],
    ['#!/bin/sh\r\ntrue\r\n', 'its first line ends with CR, so its interpreter /bin/sh is not found'],
    ['#!/usr/bin/env sh\r\ntrue\r\n', 'its first line ends with CR, so its interpreter sh is not found'],
    ['#!/usr/bin/env no-such-shell\n', 'its interpreter no-such-shell does not exist'],
    [SHELL.subarray(0, 60), 'it is cut off'],
    [SHELL.subarray(0, 10_000), 'it is cut off'],
    [withoutLoader(SHELL), 'its loader /no/such/loader does not exist'],
  ])('%#: %s', (content, why) => {
    // Other systems have other forms of binaries.
    if (typeof content !== 'string' && process.platform !== 'linux') return;
    const found = program(content);
    expect(found.kind === 'broken' && plain(found.why)).toContain(`program cannot be started: ${why}`);
  });
});

describe('all others are for the system to judge', () => {
  test.each([
    ['#!/bin/sh\ntrue\n', false],
    ['#!/bin/sh', false],
    ['#!/usr/bin/env sh', false],
    ['#!/usr/bin/env -S no-such-shell\n', false],
    ['#!/usr/bin/env A=b sh\n', false],
    ['true\n', true],
    ['# a comment\ntrue\n', true],
    [Buffer.from([0xca, 0xfe, 0, 1]), false],
  ])('%j, by a shell: %s', (content, isShellScript) => {
    expect(program(content)).toMatchObject({ kind: 'found', isShellScript });
  });

  test('the runtime itself, through a link', () => {
    symlinkSync(process.execPath, join(home.path, 'link'));
    const environment = {
      variables: { PATH: home.path },
      workingDirectory: '/',
      home: undefined,
      platform: process.platform,
    };
    expect(findProgram('link', environment)).toMatchObject({ kind: 'found', isShellScript: false });
  });
});

/** The same program, asking for a loader that is nowhere. */
function withoutLoader(whole: Buffer): Buffer {
  const binary = Buffer.from(whole);
  const at = binary.indexOf('/lib64/ld-linux');
  const found = at === -1 ? binary.indexOf('/lib/ld-') : at;
  if (found !== -1) binary.write('/no/such/loader\0', found);
  return binary;
}
