import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { load } from '../../src/settings/code-cache.ts';

let home: string;
let main: string;
let part: string;
let folder: string;
let pid = 1;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'pscale-service-token-'));
  folder = join(home, '.cache', 'pscale-service-token');
  mkdirSync(join(home, 'dist', 'chunks'), { recursive: true });
  main = join(home, 'dist', 'main.cjs');
  part = join(home, 'dist', 'chunks', 'part.cjs');
  writeFileSync(
    main,
    'const { sep } = require("node:path"); exports.answer = () => require("./chunks/part.cjs").word() + sep;',
  );
  writeFileSync(part, 'exports.word = () => "first";');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Starts, answers what the program does, and ends. */
function start({ version = 'v1', now = Date.now() } = {}): unknown {
  let onExit = (): void => {};
  pid += 1;
  const program = load(main, {
    owner: {
      variables: { HOME: home },
      platform: 'linux',
      passwdHome: () => undefined,
      uid: statSync(home).uid,
    },
    nodeRequire: createRequire(main),
    version,
    pid,
    now: () => now,
    onExit: (save) => {
      onExit = save;
    },
  });
  const hasAnswer = typeof program === 'object' && program !== null && 'answer' in program;
  if (!hasAnswer || typeof program.answer !== 'function') throw new Error('the program was not loaded');
  const answer: unknown = program.answer();
  onExit();
  return answer;
}

const kept = (): [string, number, number][] =>
  readdirSync(folder).map((name) => {
    const { ino, mode } = statSync(join(folder, name));
    return [name, ino, mode & 0o777];
  });

describe('the code that V8 has compiled', () => {
  test('is saved at the first end, for the user alone, and used from then on', () => {
    expect(start()).toBe('first/');
    const saved = kept();
    expect(saved.map(([name, , mode]) => [name, mode])).toEqual([
      ['chunks-part.cjs-v1.code', 0o600],
      ['main.cjs-v1.code', 0o600],
    ]);
    expect(start()).toBe('first/');
    expect(kept()).toEqual(saved);
  });

  test('is none of another source, though it is as long', () => {
    start();
    writeFileSync(part, 'exports.word = () => "other";');
    expect(start()).toBe('other/');
    expect(start()).toBe('other/');
  });

  test.each<[string, (saved: Buffer) => Uint8Array]>([
    ['changed', (saved) => saved.map((byte, index) => (index === saved.length - 40 ? byte ^ 1 : byte))],
    ['cut', (saved) => saved.subarray(0, saved.length / 2)],
    ['empty', () => Buffer.alloc(0)],
    ['full of zeros', (saved) => Buffer.alloc(saved.length)],
    ['the source alone', () => readFileSync(part)],
  ])('that is %s is compiled and saved anew', (_, damage) => {
    start();
    const file = join(folder, 'chunks-part.cjs-v1.code');
    const saved = readFileSync(file);
    writeFileSync(file, damage(saved));
    expect(start()).toBe('first/');
    expect(readFileSync(file).equals(damage(saved))).toBe(false);
    const mended = kept();
    start();
    expect(kept()).toEqual(mended);
  });

  test('is of one version of Node, and gone when it was not renewed for a month', () => {
    start({ version: 'v1' });
    for (const [name] of kept()) utimesSync(join(folder, name), 0, 0);
    start({ version: 'v2' });
    expect(kept().map(([name]) => name)).toEqual(['chunks-part.cjs-v2.code', 'main.cjs-v2.code']);
  });

  test('is no reason to fail: without a folder, in one of others, or in one that has gone', () => {
    writeFileSync(join(home, '.cache'), '');
    expect(start()).toBe('first/');
    rmSync(join(home, '.cache'));
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o777);
    expect(start()).toBe('first/');
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
    mkdirSync(folder, { mode: 0o500 });
    expect(start()).toBe('first/');
    expect(existsSync(join(home, 'dist', 'chunks', 'part.cjs'))).toBe(true);
  });
});
